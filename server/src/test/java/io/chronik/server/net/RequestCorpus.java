package io.chronik.server.net;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/// A valid request of every kind in every version, each field filled, made with the classes of kafka-clients.
final class RequestCorpus {
    /// `frame` begins with the header: no size.
    @SuppressWarnings("ArrayRecordComponent")
    record Sample(ApiKeys api, short version, byte[] frame) {}

    private RequestCorpus() {}

    static List<Sample> all() {
        List<Sample> samples = new ArrayList<>();
        for (ApiKeys api : ApiKeys.values()) {
            if (!api.hasValidVersion()) continue;
            for (short version = api.oldestVersion(); version <= api.latestVersion(false); version++) {
                ApiMessage message = api.messageType.newRequest();
                fill(message, version);
                samples.add(new Sample(api, version, encode(api, version, message)));
            }
        }
        return samples;
    }

    private static byte[] encode(ApiKeys api, short version, ApiMessage body) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(42)
                .setClientId("corpus");
        short headerVersion = api.requestHeaderVersion(version);
        ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
        write(header, headerVersion, bytes);
        write(body, version, bytes);
        byte[] frame = new byte[bytes.flip().remaining()];
        bytes.get(frame);
        return frame;
    }

    private static void write(Message message, short version, ByteBuffer to) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        message.addSize(new MessageSizeAccumulator(), cache, version);
        message.write(
                new ByteBufferAccessor(to) {
                    @Override
                    public void writeRecords(BaseRecords records) {
                        writeByteBuffer(((MemoryRecords) records).buffer());
                    }
                },
                cache,
                version);
    }

    /// Sets every field that exists in this version; others keep their default, or the message could not be written.
    private static void fill(Message message, short version) {
        for (Method setter : message.getClass().getMethods()) {
            if (!setter.getName().startsWith("set") || setter.getParameterCount() != 1) continue;
            try {
                String field = Character.toLowerCase(setter.getName().charAt(3))
                        + setter.getName().substring(4);
                Object before = message.getClass().getMethod(field).invoke(message);
                Object value = value(setter.getGenericParameterTypes()[0], version);
                if (value == null) continue;
                setter.invoke(message, value);
                try {
                    write(message, version, ByteBuffer.allocate(64 * 1024));
                } catch (RuntimeException e) {
                    setter.invoke(message, before);
                }
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("cannot fill " + message.getClass(), e);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Object value(Type type, short version) throws ReflectiveOperationException {
        if (type == String.class) return "name-1";
        if (type == int.class) return 3;
        if (type == long.class) return 5L;
        if (type == short.class) return (short) 1;
        if (type == byte.class) return (byte) 1;
        if (type == boolean.class) return true;
        if (type == double.class) return 1.5;
        if (type == Uuid.class) return new Uuid(7, 8);
        if (type == byte[].class) return new byte[] {1, 2, 3};
        if (type == ByteBuffer.class) return ByteBuffer.wrap(new byte[] {4, 5});
        if (type == BaseRecords.class)
            return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(9, new byte[] {1}, new byte[] {2}));
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            Type element = list.getActualTypeArguments()[0];
            Object one = element instanceof Class<?> c && Message.class.isAssignableFrom(c)
                    ? element(c, version)
                    : value(primitive(element), version);
            return one == null ? null : List.of(one);
        }
        if (type instanceof Class<?> c && Message.class.isAssignableFrom(c)) return element(c, version);
        if (type instanceof Class<?> c && Collection.class.isAssignableFrom(c)) {
            Collection<Object> collection =
                    (Collection<Object>) c.getConstructor().newInstance();
            Class<?> element = c.getMethod("find", findParameters(c)).getReturnType();
            collection.add(element(element, version));
            return collection;
        }
        return null;
    }

    private static Class<?>[] findParameters(Class<?> collection) {
        for (Method method : collection.getMethods())
            if (method.getName().equals("find")) return method.getParameterTypes();
        throw new AssertionError(collection);
    }

    private static Object element(Class<?> type, short version)
            throws NoSuchMethodException, InstantiationException, IllegalAccessException, InvocationTargetException {
        Message element = (Message) type.getConstructor().newInstance();
        fill(element, version);
        return element;
    }

    private static Type primitive(Type boxed) {
        if (boxed == Integer.class) return int.class;
        if (boxed == Long.class) return long.class;
        if (boxed == Short.class) return short.class;
        if (boxed == Byte.class) return byte.class;
        return boxed;
    }
}

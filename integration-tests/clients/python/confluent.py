"""confluent-kafka (librdkafka) as a sender and receiver of files; see ../README.md. Receives as a group member."""
import sys
import uuid

from confluent_kafka import Consumer, Producer, TopicPartition

from files import Hashes, chunks


def send(bootstrap, topic, index):
    producers = {}
    failed = []

    def delivered(error, _message):
        if error:
            failed.append(error)

    for name, partition, codec, parts in chunks(index):
        if codec not in producers:
            producers[codec] = Producer(
                {"bootstrap.servers": bootstrap, "compression.type": codec, "enable.idempotence": True, "linger.ms": 5}
            )
        producer = producers[codec]
        for seq, value in enumerate(parts):
            headers = {"seq": str(seq), "client": "confluent-kafka"}
            while True:
                try:
                    producer.produce(topic, value, name, partition, headers=headers, on_delivery=delivered)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
    for producer in producers.values():
        if producer.flush(60):
            sys.exit("not everything was delivered")
    if failed:
        sys.exit(str(failed[0]))


def receive(bootstrap, topic):
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": f"confluent-{uuid.uuid4()}",
            "auto.offset.reset": "earliest",
            "check.crcs": True,
            "fetch.wait.max.ms": 100,
        }
    )
    missing = {}
    for partition in consumer.list_topics(topic, 30).topics[topic].partitions:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), 30)
        if high > low:
            missing[partition] = high - 1
    hashes = Hashes()
    consumer.subscribe([topic])
    while missing:
        message = consumer.poll(30)
        if message is None:
            sys.exit(f"nothing came for 30 s; missing {missing}")
        if message.error():
            sys.exit(str(message.error()))
        hashes.add(message.key(), message.value(), message.headers())
        if missing.get(message.partition()) == message.offset():
            del missing[message.partition()]
    consumer.commit(asynchronous=False)
    consumer.close()
    hashes.print()


if sys.argv[1] == "send":
    send(*sys.argv[2:5])
else:
    receive(*sys.argv[2:4])

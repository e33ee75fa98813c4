"""kafka-python (pure Python) as a sender and receiver of files; see ../README.md. Receives as a group member."""
import sys
import uuid

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from files import Hashes, chunks


def send(bootstrap, topic, index):
    producers = {}
    sent = []
    for name, partition, codec, parts in chunks(index):
        if codec not in producers:
            producers[codec] = KafkaProducer(
                bootstrap_servers=bootstrap,
                acks="all",
                compression_type=None if codec == "none" else codec,
                max_in_flight_requests_per_connection=1,
                linger_ms=5,
            )
        for seq, value in enumerate(parts):
            headers = [("seq", str(seq).encode()), ("client", b"kafka-python")]
            sent.append(producers[codec].send(topic, value, name.encode(), headers, partition))
    for producer in producers.values():
        producer.flush(60)
        producer.close()
    for future in sent:
        future.get(1)


def receive(bootstrap, topic):
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=f"kafka-python-{uuid.uuid4()}",
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
        consumer_timeout_ms=30000,
    )
    partitions = [TopicPartition(topic, partition) for partition in consumer.partitions_for_topic(topic)]
    low = consumer.beginning_offsets(partitions)
    missing = {p.partition: end - 1 for p, end in consumer.end_offsets(partitions).items() if end > low[p]}
    hashes = Hashes()
    consumer.subscribe([topic])
    for message in consumer:
        hashes.add(message.key, message.value, message.headers)
        if missing.get(message.partition) == message.offset:
            del missing[message.partition]
            if not missing:
                break
    if missing:
        sys.exit(f"nothing came for 30 s; missing {missing}")
    consumer.close()
    hashes.print()


if sys.argv[1] == "send":
    send(*sys.argv[2:5])
else:
    receive(*sys.argv[2:4])

"""An idempotent producer (librdkafka) that lives on while its topic is deleted and created anew: recreated.py BOOTSTRAP"""
import sys
import time

from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

TOPIC = "recreated"
LIMIT_S = 60

bootstrap = sys.argv[1]
admin = AdminClient({"bootstrap.servers": bootstrap})
producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 1})


def create():
    admin.create_topics([NewTopic(TOPIC, 1)])[TOPIC].result(LIMIT_S)


def send(count):
    """Sends until `count` records were delivered since; those for the old topic may fail."""
    delivered = []
    deadline = time.monotonic() + LIMIT_S
    while len(delivered) < count:
        if time.monotonic() > deadline:
            sys.exit(f"{len(delivered)} of {count} were delivered in {LIMIT_S} s")
        try:
            producer.produce(TOPIC, b"value", on_delivery=lambda error, _: error or delivered.append(1))
        except BufferError:
            pass
        except KafkaException as failure:
            sys.exit(f"the producer is of no use any more: {failure}")
        producer.poll(0.002)


create()
send(100)
admin.delete_topics([TOPIC])[TOPIC].result(LIMIT_S)
create()
send(100)
if producer.flush(LIMIT_S):
    sys.exit("not everything was delivered")
print("ok")

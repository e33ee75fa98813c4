// kafkajs as a sender and receiver of files; see ../README.md. Receives as a member of a classic group.
'use strict';
const path = require('path');
const cache = path.join(process.env.CHRONIK_CACHE || path.join(process.env.HOME, '.cache/chronik'), 'js', 'package.json');
const load = require('module').createRequire(cache);
const { createHash, randomUUID } = require('crypto');
const fs = require('fs');
process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = load('kafkajs');
const lz4 = load('lz4js');
const fzstd = load('fzstd');

CompressionCodecs[CompressionTypes.Snappy] = load('kafkajs-snappy');
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async () => { throw new Error('this client only reads lz4'); },
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async () => { throw new Error('this client only reads zstd'); },
  decompress: async (buffer) => Buffer.from(fzstd.decompress(buffer)),
});

const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.Snappy,
  zstd: CompressionTypes.GZIP,
};
const BATCH_BYTES = 700000;

async function send(kafka, topic, index) {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (const line of fs.readFileSync(index, 'utf8').trim().split('\n')) {
    const [name, file, partition, codec, chunkBytes] = line.split('\t');
    const bytes = fs.readFileSync(file);
    const step = Number(chunkBytes);
    let batch = [];
    let size = 0;
    const flush = async () => {
      if (batch.length) await producer.send({ topic, acks: -1, compression: CODECS[codec], messages: batch });
      batch = [];
      size = 0;
    };
    for (let at = 0, seq = 0; at < bytes.length; at += step, seq++) {
      const value = bytes.subarray(at, at + step);
      if (size + value.length > BATCH_BYTES) await flush();
      batch.push({ key: name, value, partition: Number(partition), headers: { seq: String(seq), client: 'kafkajs' } });
      size += value.length;
    }
    await flush();
  }
  await producer.disconnect();
}

async function receive(kafka, topic) {
  const admin = kafka.admin();
  await admin.connect();
  const missing = new Map();
  for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
    if (Number(high) > Number(low)) missing.set(partition, BigInt(high) - 1n);
  }
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: `kafkajs-${randomUUID()}`, maxWaitTimeInMs: 200 });
  const hashes = new Map();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, (event) => {
      if (!event.payload.restart) reject(event.payload.error);
    });
    consumer.run({
      eachBatch: async ({ batch, resolveOffset }) => {
        for (const { key, value, headers, offset } of batch.messages) {
          const name = key.toString();
          const known = hashes.get(name) || { seq: 0, hash: createHash('sha256') };
          if (headers.seq && Number(headers.seq) !== known.seq) reject(new Error(`${name}: chunk ${headers.seq} instead of ${known.seq}`));
          known.seq++;
          known.hash.update(value);
          hashes.set(name, known);
          resolveOffset(offset);
          if (BigInt(offset) === missing.get(batch.partition)) missing.delete(batch.partition);
        }
        if (missing.size === 0) resolve();
      },
    });
  });
  await consumer.disconnect();
  for (const name of [...hashes.keys()].sort()) console.log(`${hashes.get(name).hash.digest('hex')}  ${name}`);
}

const [what, bootstrap, topic, index] = process.argv.slice(2);
const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });
(what === 'send' ? send(kafka, topic, index) : receive(kafka, topic)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

// franz-go as a sender and receiver of files; see ../README.md. Receives as a group member, by the protocol that the
// client picks by itself.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var err error
	if os.Args[1] == "send" {
		err = send(ctx, os.Args[2], os.Args[3], os.Args[4])
	} else {
		err = receive(ctx, os.Args[2], os.Args[3])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func send(ctx context.Context, bootstrap, topic, index string) error {
	clients := map[string]*kgo.Client{}
	lines, err := os.Open(index)
	if err != nil {
		return err
	}
	defer lines.Close()
	for scanner := bufio.NewScanner(lines); scanner.Scan(); {
		field := strings.Split(scanner.Text(), "\t")
		name, path, codec := field[0], field[1], field[3]
		partition, _ := strconv.Atoi(field[2])
		step, _ := strconv.Atoi(field[4])
		client := clients[codec]
		if client == nil {
			client, err = kgo.NewClient(
				kgo.SeedBrokers(bootstrap),
				kgo.ProducerBatchCompression(codecs[codec]),
				kgo.RecordPartitioner(kgo.ManualPartitioner()))
			if err != nil {
				return err
			}
			clients[codec] = client
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var records []*kgo.Record
		for at, seq := 0, 0; at < len(data); at, seq = at+step, seq+1 {
			records = append(records, &kgo.Record{
				Topic: topic, Partition: int32(partition), Key: []byte(name), Value: data[at:min(at+step, len(data))],
				Headers: []kgo.RecordHeader{{Key: "seq", Value: []byte(strconv.Itoa(seq))}, {Key: "client", Value: []byte("franz-go")}},
			})
		}
		if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, client := range clients {
		client.Close()
	}
	return nil
}

type file struct {
	next int
	sum  hash.Hash
}

func receive(ctx context.Context, bootstrap, topic string) error {
	group := fmt.Sprintf("franz-%d", time.Now().UnixNano())
	client, err := kgo.NewClient(
		kgo.SeedBrokers(bootstrap),
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxWait(200*time.Millisecond))
	if err != nil {
		return err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	ends, err := admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return err
	}
	missing := map[int32]int64{}
	ends.Each(func(o kadm.ListedOffset) {
		if o.Offset > 0 {
			missing[o.Partition] = o.Offset - 1
		}
	})
	files := map[string]*file{}
	for len(missing) > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		var bad error
		fetches.EachRecord(func(r *kgo.Record) {
			known := files[string(r.Key)]
			if known == nil {
				known = &file{sum: sha256.New()}
				files[string(r.Key)] = known
			}
			for _, h := range r.Headers {
				if h.Key == "seq" && string(h.Value) != strconv.Itoa(known.next) {
					bad = fmt.Errorf("%s: chunk %s instead of %d", r.Key, h.Value, known.next)
				}
			}
			known.next++
			known.sum.Write(r.Value)
			if missing[r.Partition] == r.Offset {
				delete(missing, r.Partition)
			}
		})
		if bad != nil {
			return bad
		}
	}
	if err := client.CommitUncommittedOffsets(ctx); err != nil {
		return err
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Printf("%x  %s\n", files[name].sum.Sum(nil), name)
	}
	return nil
}

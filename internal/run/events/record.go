package events

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"time"
)

// overhead is how much longer a record is than its event.
const overhead = 8 + 4 + 4

// largest is the longest event that is read back, in bytes; the figures of a
// step are a few hundred.
const largest = 1 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum as it stands in records: a CRC of data that holds CRCs
// would be a bad one.
func masked(data []byte) uint32 {
	sum := crc32.Checksum(data, castagnoli)
	return (sum>>15 | sum<<17) + 0xa282ead8
}

func record(event []byte) []byte {
	out := binary.LittleEndian.AppendUint64(make([]byte, 0, len(event)+overhead), uint64(len(event)))
	out = binary.LittleEndian.AppendUint32(out, masked(out))
	out = append(out, event...)
	return binary.LittleEndian.AppendUint32(out, masked(event))
}

type reader struct{ from *bufio.Reader }

func newReader(r io.Reader) reader { return reader{bufio.NewReader(r)} }

// next returns the next event: io.EOF after the last, io.ErrUnexpectedEOF where
// the file ends within one.
func (r reader) next() ([]byte, error) {
	var head [12]byte
	if _, err := io.ReadFull(r.from, head[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint64(head[:8])
	if binary.LittleEndian.Uint32(head[8:]) != masked(head[:8]) || length > largest {
		return nil, errors.New("is no event file, or a damaged one: name another directory, or remove it")
	}
	body := make([]byte, length+4)
	if _, err := io.ReadFull(r.from, body); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	event, sum := body[:length], binary.LittleEndian.Uint32(body[length:])
	if sum != masked(event) {
		return nil, errors.New("an event of it is damaged")
	}
	return event, nil
}

// Fields of the protocol buffers, with their types.
const (
	eventTime    = 1<<3 | fixed64
	eventStep    = 2<<3 | varint
	eventVersion = 3<<3 | bytes
	eventSummary = 5<<3 | bytes

	summaryValue = 1<<3 | bytes
	valueTag     = 1<<3 | bytes
	valueNumber  = 2<<3 | fixed32
)

// How a field is written.
const (
	varint  = 0
	fixed64 = 1
	bytes   = 2
	fixed32 = 5
)

func appendBytes(out []byte, field byte, data []byte) []byte {
	out = binary.AppendUvarint(append(out, field), uint64(len(data)))
	return append(out, data...)
}

func appendTime(out []byte, when time.Time) []byte {
	seconds := float64(when.UnixNano()) / 1e9
	return binary.LittleEndian.AppendUint64(append(out, eventTime), math.Float64bits(seconds))
}

func version(when time.Time) []byte {
	return appendBytes(appendTime(nil, when), eventVersion, []byte("brain.Event:2"))
}

func summary(step int, when time.Time, figures map[string]float64, names []string) []byte {
	var values []byte
	for _, name := range names {
		value := appendBytes(nil, valueTag, []byte(name))
		value = binary.LittleEndian.AppendUint32(append(value, valueNumber), math.Float32bits(float32(figures[name])))
		values = appendBytes(values, summaryValue, value)
	}
	event := binary.AppendUvarint(append(appendTime(nil, when), eventStep), uint64(step))
	return appendBytes(event, eventSummary, values)
}

// stepOf returns the step of an event as Writer writes them, 0 of one without.
func stepOf(event []byte) (int64, error) {
	const timed = 1 + 8
	if len(event) < timed || event[0] != eventTime {
		return 0, errors.New("an event of it does not begin with its time: another program wrote it")
	}
	if rest := event[timed:]; len(rest) > 1 && rest[0] == eventStep {
		step, n := binary.Uvarint(rest[1:])
		if n <= 0 || step > math.MaxInt32 {
			return 0, fmt.Errorf("an event of it has the step %d", step)
		}
		return int64(step), nil
	}
	return 0, nil
}

package torchfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"runtime"
	"strings"
	"testing"
)

// member is a file of an archive.
type member struct {
	name, content string
	method        uint16
}

func archived(t testing.TB, members ...member) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, m := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: m.method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(m.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The parts of a pickle of one tensor, or more.
func text(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func number(n int64) string {
	return "\x8a\x08" + string(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

func sizes(shape ...int64) string {
	out := "("
	for _, n := range shape {
		out += number(n)
	}
	return out + "t"
}

func stored(class, key string, numel int64) string {
	return "(" + text("storage") + "ctorch\n" + class + "\n" + text(key) + text("cpu") + number(numel) + "tQ"
}

func rebuilt(storage string, offset int64, shape, strides string) string {
	return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + number(offset) + shape + strides + "\x89ccollections\nOrderedDict\n)RtR"
}

func named1(name, tensor string) string { return "\x80\x02}" + text(name) + tensor + "s." }

// with is an archive with a pickle, and a storage "0" of 16 floats.
func with(t testing.TB, pickled string) []byte {
	return archived(t, member{"m/data.pkl", pickled, zip.Store}, member{"m/data/0", strings.Repeat("\x00\x00\x80\x3f", 16), zip.Store})
}

func TestHostileArchives(t *testing.T) {
	good := named1("w", rebuilt(stored("FloatStorage", "0", 16), 0, sizes(4, 4), sizes(4, 1)))
	float := func(offset int64, shape, strides string) []byte {
		return with(t, named1("w", rebuilt(stored("FloatStorage", "0", 16), offset, shape, strides)))
	}
	const huge = 1 << 62
	many := "\x80\x02}("
	for i := range 80000 {
		many += text("w"+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676%26))+string(rune('a'+i/17576))) + "h\x01"
	}
	many = strings.Replace(many, "h\x01", rebuilt(stored("FloatStorage", "0", 16), 0, sizes(4, 4), sizes(4, 1))+"q\x01", 1) + "u."
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"the good one":         {with(t, good), ""},
		"climbs":               {archived(t, member{"m/data.pkl", good, 0}, member{"m/../../../etc/passwd", "x", 0}), "climbs out of the archive"},
		"from the root":        {archived(t, member{"m/data.pkl", good, 0}, member{"/etc/passwd", "x", 0}), "climbs out of the archive"},
		"a key that climbs":    {with(t, named1("w", rebuilt(stored("FloatStorage", "../../x", 16), 0, sizes(4), sizes(1)))), "it lacks m/data/../../x"},
		"twice":                {archived(t, member{"m/data.pkl", good, 0}, member{"m/data.pkl", good, 0}), "two files named m/data.pkl"},
		"no pickle":            {archived(t, member{"word/document.xml", "x", 0}), "without a FOLDER/data.pkl"},
		"a bomb":               {archived(t, member{"m/data.pkl", good, 0}, member{"m/data/0", strings.Repeat("\x00", 4<<20), zip.Deflate}), "m/data/0 is compressed"},
		"a bomb of a pickle":   {archived(t, member{"m/data.pkl", strings.Repeat("N0", 2<<20), zip.Deflate}), "data.pkl is compressed"},
		"the other byte order": {archived(t, member{"m/data.pkl", good, 0}, member{"m/byteorder", "big", 0}), "byte order \"big\""},
		"no storage":           {archived(t, member{"m/data.pkl", good, 0}), "it lacks m/data/0"},
		"a short storage":      {archived(t, member{"m/data.pkl", good, 0}, member{"m/data/0", "1234", 0}, member{"m/pad", strings.Repeat("x", 99), 0}), "has 4 bytes in the archive, want 64"},
		"past the storage":     {float(1, sizes(4, 4), sizes(4, 1)), "passes the end of its storage"},
		"strides past it":      {float(0, sizes(4, 4), sizes(5, 1)), "passes the end of its storage"},
		"huge strides":         {float(0, sizes(3, 3), sizes(huge, huge)), "passes the end of its storage"},
		"huge sizes":           {float(0, sizes(huge, huge), sizes(0, 0)), "it repeats them"},
		"repeated":             {float(0, sizes(1000, 16), sizes(0, 1)), "it repeats them"},
		"empty and huge":       {float(0, sizes(0, huge), sizes(1, 1)), ""},
		"sizes below 0":        {float(0, sizes(-1), sizes(1)), "want neither below 0"},
		"strides below 0":      {float(15, sizes(4), sizes(-1)), "want neither below 0"},
		"an offset below 0":    {float(-1, sizes(4), sizes(1)), "passes the end of its storage"},
		"too few strides":      {float(0, sizes(4, 4), sizes(1)), "want as many of both"},
		"many dimensions":      {float(0, sizes(1, 1, 1, 1, 1, 1, 1, 1, 1), sizes(1, 1, 1, 1, 1, 1, 1, 1, 1)), "at most 8"},
		"a huge storage":       {with(t, named1("w", rebuilt(stored("DoubleStorage", "0", huge), 0, sizes(4), sizes(1)))), "elements of f64, and the file"},
		"another type":         {with(t, named1("w", rebuilt(stored("QInt8Storage", "0", 16), 0, sizes(4), sizes(1)))), "it wants torch.QInt8Storage"},
		"no tensors":           {with(t, "\x80\x02}"+text("lr")+"K\x01s."), "holds no tensors by name"},
		"not a dict":           {with(t, "\x80\x02K\x01."), "holds no tensors by name"},
		"shared too often":     {with(t, many), "share their elements too often"},
		"one name twice":       {with(t, "\x80\x02}("+strings.Repeat(text("w")+rebuilt(stored("FloatStorage", "0", 16), 0, sizes(4), sizes(1)), 2)+"u."), "two tensors are named w"},
		"a module of itself":   {archived(t, member{"m/data.pkl", "\x80\x02c__torch__\nA\n)\x81q\x00}" + text("a") + "h\x00sb.", 0}, member{"m/constants.pkl", "\x80\x02).", 0}), "hold one another without end"},
		"modules, two of two":  {archived(t, member{"m/data.pkl", nestedModules(40), 0}, member{"m/constants.pkl", "\x80\x02).", 0}), "hold one another without end"},
		"modules without code": {with(t, "\x80\x02c__torch__\nA\n)\x81."), "it wants __torch__.A"},
		"a storage by a bomb":  {with(t, "\x80\x02)"+strings.Repeat("2\x86", 500)+"Q."), "refers to something outside it by a tuple"},
	} {
		_, err := read(bytes.NewReader(c.file), int64(len(c.file)))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: got %v, want no error", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
}

// nestedModules are modules of which each holds the next one twice.
func nestedModules(n int) string {
	out := "\x80\x02c__torch__\nA\n)\x81q\x00"
	for range n {
		out += "0c__torch__\nA\n)\x81}(" + text("a") + "h\x00" + text("b") + "h\x00ubq\x00"
	}
	return out + "."
}

// A directory as long as the file lets it be costs no more memory than one of a
// model.
func TestMemoryIsBounded(t *testing.T) {
	var members []member
	for i := range 150000 {
		members = append(members, member{strings.Repeat("x", 40) + string(rune(0x4e00+i%20000)) + string(rune(0x4e00+i/20000)), "", 0})
	}
	file := archived(t, append(members, member{"m/data.pkl", ".", 0})...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := read(bytes.NewReader(file), int64(len(file)))
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "its directory has more than 8 MiB") {
		t.Errorf("got %v, want that the directory is too long", err)
	}
	if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 128 {
		t.Errorf("got %d MiB, want 128 at most", got)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"zip.bin", "legacy.bin", "script.pt", "checkpoint.pt", "system.pt", "module.pt"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, err := read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for _, x := range tensors { // all of it lies in the file
			end := x.storage.at + (x.storage.numel)*x.storage.dtype.Size()
			if x.storage.at < 0 || end > int64(len(data)) || x.offset < 0 || x.numel() > 0 && x.offset+x.span() > x.storage.numel {
				t.Errorf("%+v of %+v passes the end, %d", x, *x.storage, len(data))
			}
		}
	})
}

// FuzzPickle is FuzzRead of an archive's pickle alone.
func FuzzPickle(f *testing.F) {
	f.Add(named1("w", rebuilt(stored("FloatStorage", "0", 16), 0, sizes(4, 4), sizes(4, 1))))
	f.Add(nestedModules(3))
	f.Fuzz(func(t *testing.T, pickled string) {
		data := archived(t, member{"m/data.pkl", pickled, 0}, member{"m/data/0", strings.Repeat("x", 64), 0}, member{"m/constants.pkl", "", 0})
		tensors, err := read(bytes.NewReader(data), int64(len(data)))
		for _, x := range tensors {
			if err == nil && x.numel() > 0 && x.offset+x.span() > x.storage.numel {
				t.Errorf("%+v of %+v passes its storage", x, *x.storage)
			}
		}
	})
}

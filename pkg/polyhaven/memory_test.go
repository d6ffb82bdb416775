package polyhaven

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/clipenv/toolkit/pkg/polyhaven/polyhaventest"
)

// network joins clients and servers by pipes in memory. Inside a bubble of
// testing/synctest its waits are known as such, and time moves by itself: a
// test of half an hour of patience takes none.
type network struct {
	conns chan net.Conn
	done  chan struct{}
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.conns:
		return c, nil
	case <-n.done:
		return nil, errors.New("the network is down")
	}
}

func (n *network) Close() error {
	select {
	case <-n.done:
	default:
		close(n.done)
	}
	return nil
}

func (n *network) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 443} }

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case n.conns <- there:
		return here, nil
	case <-n.done:
		return nil, errors.New("the network is down")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// serve starts a handler for every host, and returns a client of it. It ends
// with the test's bubble.
func serve(t *testing.T, h http.Handler, s Settings) *Client {
	t.Helper()
	n := &network{make(chan net.Conn), make(chan struct{})}
	secure := s.Base == ""
	server := &httptest.Server{Listener: n, Config: &http.Server{Handler: h}}
	transport := &http.Transport{}
	if secure {
		server.StartTLS()
		transport = server.Client().Transport.(*http.Transport)
		transport.TLSClientConfig.ServerName = "example.com" // whom its certificate is for
	} else {
		server.Start()
	}
	transport.DialContext = n.dial
	transport.DisableCompression = false
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.CloseClientConnections()
		server.Close()
	})
	s.Transport = transport
	if s.Rate == 0 {
		s.Rate = 1000
	}
	if s.Version == "" {
		s.Version = "v1.2"
	}
	if s.Log == nil {
		s.Log = t.Logf
	}
	c, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// haven is a server with maps a, b, c … of the given size, at 1k and 2k.
func haven(maps int, size int) *polyhaventest.Server {
	s := &polyhaventest.Server{}
	for i := range maps {
		slug := string(rune('a' + i))
		s.Add(slug, fmt.Sprintf(`{"type":0,"name":"Map %s","categories":["outdoor"],"tags":["grass"],"authors":{"Ada":"All"},"files_hash":"h1"}`, slug))
		for _, resolution := range []string{"1k", "2k"} {
			s.Put(slug+"_"+resolution+".hdr", content(slug+resolution, size))
		}
	}
	return s
}

// content is a file that looks like a map at its beginning and is told from
// others by what follows.
func content(seed string, size int) []byte {
	b := []byte("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n")
	state := uint32(2166136261)
	for _, r := range seed {
		state = (state ^ uint32(r)) * 16777619
	}
	for len(b) < size {
		state = state*1664525 + 1013904223
		b = append(b, byte(state>>24))
	}
	return b[:size]
}

package fetchtest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
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

// Serve starts a handler for every host, over https where it is secure, and
// returns the way to it. It ends with the test's bubble.
func Serve(t *testing.T, h http.Handler, secure bool) http.RoundTripper {
	t.Helper()
	n := &network{make(chan net.Conn), make(chan struct{})}
	server := httptest.NewUnstartedServer(h)
	_ = server.Listener.Close() // of the machine's own network
	server.Listener = n
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
	return transport
}

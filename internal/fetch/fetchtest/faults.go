// Package fetchtest has what tests of clients need: servers that misbehave, and a
// network in memory.
package fetchtest

import (
	"fmt"
	"net/http"
)

// Fault answers one request in place of next, the right answer.
type Fault = func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc)

// Status answers with a status and headers, given as key, value, key, value.
func Status(code int, headers ...string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		http.Error(w, "told to fail", code)
	}
}

// Redirect sends the request elsewhere.
func Redirect(to string) Fault { return Status(http.StatusFound, "Location", to) }

// Page answers with a web page, well or not declared as one.
func Page(contentType string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, "<!DOCTYPE html><html><body>Please sign in to this network</body></html>")
		w.(http.Flusher).Flush() // so that no length is announced
	}
}

// Cut ends the connection after n bytes of the right answer.
func Cut(n int) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		next(&limited{w, n, func() { panic(http.ErrAbortHandler) }}, r)
	}
}

// Stall sends n bytes of the right answer and then nothing more.
func Stall(n int) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		next(&limited{w, n, func() { <-r.Context().Done() }}, r)
	}
}

// limited passes n bytes on and calls end at the next.
type limited struct {
	http.ResponseWriter
	left int
	end  func()
}

func (l *limited) Write(b []byte) (int, error) {
	n := min(l.left, len(b))
	if _, err := l.ResponseWriter.Write(b[:n]); err != nil {
		return 0, err
	}
	if l.left -= n; n < len(b) {
		l.ResponseWriter.(http.Flusher).Flush()
		l.end()
		return n, http.ErrHandlerTimeout
	}
	return n, nil
}

// Spoil sends the right answer with a byte of it changed, the at-th.
func Spoil(at int) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		next(&spoiled{w, at}, r)
	}
}

type spoiled struct {
	http.ResponseWriter
	at int
}

func (s *spoiled) Write(b []byte) (int, error) {
	if s.at >= 0 && s.at < len(b) {
		b = append([]byte(nil), b...)
		b[s.at] ^= 0x55
	}
	s.at -= len(b)
	return s.ResponseWriter.Write(b)
}

// Bytes answers with these, whatever was asked for, and headers.
func Bytes(code int, content []byte, headers ...string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		w.Header().Set("Content-Type", "application/octet-stream")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = w.Write(content) // the client hears of it
	}
}

// IgnoreRange sends all of a file, whatever part was asked for.
func IgnoreRange(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	r.Header.Del("Range")
	next(w, r)
}

// IgnoreIfRange sends the part asked for even of another version.
func IgnoreIfRange(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	r.Header.Del("If-Range")
	next(w, r)
}

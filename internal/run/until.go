package run

import "context"

// Until returns what work returns, or ctx's error as soon as ctx ends; work is
// then left to itself, and what it makes is lost. It is for work that changes
// nothing that anyone else sees, and that cannot look at ctx: the process may
// end in its middle. A panic of work's is the caller's.
func Until[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type outcome struct {
		made  T
		err   error
		fault any
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			o.fault = recover()
			done <- o
		}()
		o.made, o.err = work()
	}()
	var none T
	if ctx.Err() != nil {
		return none, ctx.Err()
	}
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case o := <-done:
		if o.fault != nil {
			panic(o.fault)
		}
		return o.made, o.err
	}
}

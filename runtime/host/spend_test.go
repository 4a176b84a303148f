package host

import (
	"context"
	"errors"
	"testing"

	"go.starlark.net/starlark"
)

func TestSpend(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	thread := new(starlark.Thread)
	Attach(thread, ctx, Host{})
	if err := Spend(thread, 5); err != nil || thread.Steps != 5 {
		t.Errorf("Spend(5) = %v with %d steps; want 5", err, thread.Steps)
	}
	why := errors.New("why")
	cancel(why)
	if err := Spend(thread, -1); err != why || thread.Steps != 5 {
		t.Errorf("Spend in a cancelled run = %v with %d steps; want its cause and 5", err, thread.Steps)
	}
	ctx, cancel = context.WithCancelCause(context.Background())
	Attach(thread, ctx, Host{Spent: func(thread *starlark.Thread) {
		if thread.Steps > 10 {
			cancel(why)
		}
	}})
	if err := Spend(thread, 5); err != nil {
		t.Errorf("Spend within the steps there are = %v", err)
	}
	if err := Spend(thread, 1); err != why {
		t.Errorf("Spend of too many steps = %v; want %v", err, why)
	}
	if err := Spend(new(starlark.Thread), 1); err != nil {
		t.Errorf("Spend without a Host = %v", err)
	}
}

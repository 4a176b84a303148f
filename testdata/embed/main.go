package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"go.starlark.net/starlark"

	"starwire/runtime"
)

func main() {
	rt, err := runtime.New(runtime.Config{
		Permissions: runtime.Permissions{Net: []string{"api.example.com:443"}},
		Limits:      runtime.Limits{Wall: 5 * time.Second, Steps: 10_000_000, ReadBytes: 64 << 20},
		Print:       func(line string) { log.Print(line) },
	})
	if err != nil {
		log.Fatal(err)
	}
	plugin := []byte(`def handle(order): return "total: %d" % sum([n for n in order])
def sum(numbers):
    t = 0
    for n in numbers: t += n
    return t`)
	globals, err := rt.Run(context.Background(), "plugin.star", plugin)
	if err != nil {
		log.Fatal(runtime.FormatError(err))
	}
	order := starlark.Tuple{starlark.MakeInt(40), starlark.MakeInt(2)}
	v, err := rt.Call(context.Background(), globals["handle"].(starlark.Callable), starlark.Tuple{order}, nil)
	if err != nil {
		log.Fatal(runtime.FormatError(err))
	}
	total, _ := starlark.AsString(v)
	fmt.Println(total)
}

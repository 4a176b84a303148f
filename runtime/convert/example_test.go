package convert_test

import (
	"context"
	"errors"
	"fmt"

	"go.starlark.net/starlark"

	"starwire/runtime"
	"starwire/runtime/convert"
)

type Server struct {
	Host string   `starwire:"host"`
	Port uint16   `starwire:"port"`
	Tags []string `starwire:"tags,omitempty"`
}

func ExampleToValue() {
	v, err := convert.ToValue(map[string]any{
		"servers": []Server{{Host: "a.example", Port: 443}, {Host: "b.example", Port: 80, Tags: []string{"old"}}},
		"retries": 3,
	})
	fmt.Println(v, err)
	// Output: {"retries": 3, "servers": [{"host": "a.example", "port": 443}, {"host": "b.example", "port": 80, "tags": ["old"]}]} <nil>
}

// A script sets what a Go program reads. The error leads to what is wrong.
func ExampleFromValue() {
	rt, _ := runtime.New(runtime.Config{})
	for _, src := range []string{
		`servers = [{"host": "a.example", "port": 443}]`,
		`servers = [{"host": "a.example"}, {"host": "b.example", "port": 65536}]`,
		`servers = [{"host": "a.example", "prot": 443}]`,
	} {
		globals, err := rt.Run(context.Background(), "config.star", []byte(src))
		if err != nil {
			fmt.Print(runtime.FormatError(err))
			return
		}
		var servers []Server
		err = convert.FromValue(globals["servers"], &servers)
		fmt.Println(servers, err)
	}
	// Output:
	// [{a.example 443 []}] <nil>
	// [] [1].port: the int 65536 is out of range for uint16
	// [] [0].prot: unknown key; there are host, port, tags
}

// What scripts find by name: values, functions, a module.
func ExampleToDict() {
	stock := map[string]int{"tea": 12}
	members, err := convert.ToDict(map[string]any{
		"version": "1.2",
		"count":   func(name string) int { return stock[name] },
		"take": func(name string, n int) (int, error) {
			if stock[name] < n {
				return 0, fmt.Errorf("there are only %d of %s", stock[name], name)
			}
			stock[name] -= n
			return stock[name], nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	rt, err := runtime.New(runtime.Config{Modules: map[string]starlark.StringDict{"store": members}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = rt.Run(context.Background(), "shop.star", []byte(`
print(store.version, store.count("tea"), store.take("tea", 5))
print(attempt(store.take, "tea", 8).error)
print(attempt(store.take, "tea", "8").error)
`))
	fmt.Println(err)
	// Output:
	// 1.2 12 7
	// there are only 7 of tea
	// take(): argument 2: want int, got str
	// <nil>
}

var errEmpty = errors.New("the queue is empty")

// A function with named parameters, the run's context, and an error that comes
// back as it was.
func ExampleFunc() {
	next, err := convert.Func("next", func(ctx context.Context, queue string, limit int) ([]string, error) {
		if ctx.Err() != nil || queue == "" {
			return nil, errEmpty
		}
		return []string{queue, fmt.Sprint(limit)}, nil
	}, "queue", "limit?")
	if err != nil {
		fmt.Println(err)
		return
	}
	rt, _ := runtime.New(runtime.Config{Predeclared: starlark.StringDict{"next": next}})
	_, err = rt.Run(context.Background(), "queue.star", []byte(`
print(next("mail", limit=5), next(queue="mail"))
next("")
`))
	fmt.Println(err, errors.Is(err, errEmpty))
	// Output:
	// ["mail", "5"] ["mail", "0"]
	// Error: the queue is empty true
}

package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"roadloop/policy"
	"roadloop/policy/bundled"
	"roadloop/policy/learn"
	"roadloop/policy/serve"
	"roadloop/policy/tasks"
)

func newServe() *cobra.Command {
	all := tasks.All()
	var socket, tcp string
	var remote, untilInputEnds, quiet bool
	var workers int
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve environments to Python and other languages",
		Long: `Serve environments for training and evaluating driving policies to other processes,
over a Unix socket with observations in shared memory, over TCP, or both. The Python
package roadloop starts this command by itself; docs/protocol.md describes the protocol
for other languages. Each client has environments of its own.

Tasks: ` + strings.Join(all.Names(), ", ") + `.

The addresses are printed once clients can connect. Ctrl-C stops the server and removes
the socket.`,
		Example: `  roadloop serve --socket /tmp/roadloop.sock
  roadloop serve --tcp 127.0.0.1:7000`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if socket == "" && tcp == "" {
				return misused(cmd, "--socket or --tcp is missing")
			}
			if remote && tcp == "" {
				return misused(cmd, "--remote is for --tcp")
			}
			var listeners []net.Listener
			for _, open := range []struct {
				address string
				listen  func() (net.Listener, error)
			}{
				{socket, func() (net.Listener, error) { return serve.ListenUnix(socket) }},
				{tcp, func() (net.Listener, error) { return serve.ListenTCP(tcp, remote) }},
			} {
				if open.address == "" {
					continue
				}
				l, err := open.listen()
				if err != nil {
					return fmt.Errorf("listening on %s: %w", open.address, err)
				}
				defer l.Close()
				listeners = append(listeners, l)
			}
			for _, l := range listeners {
				fmt.Fprintf(cmd.OutOrStdout(), "listening on %s:%s\n", l.Addr().Network(), l.Addr())
			}
			open := func(name string) (func() (policy.Env, error), error) {
				t, err := all.Find(name)
				if err != nil {
					return nil, err
				}
				return t.New, nil
			}
			s := &serve.Server{Tasks: open, Policies: readPolicy, Workers: workers}
			if !quiet {
				s.Log = cmd.ErrOrStderr()
			}
			ctx, stop := context.WithCancel(cmd.Context())
			defer stop()
			if untilInputEnds {
				go func() {
					_, _ = io.Copy(io.Discard, cmd.InOrStdin())
					stop()
				}()
			}
			if err := s.Serve(ctx, listeners...); err != nil {
				return err
			}
			return cmd.Context().Err()
		},
	}
	cmd.Flags().StringVar(&socket, "socket", "", "Unix socket to listen on")
	cmd.Flags().StringVar(&tcp, "tcp", "", "address to listen on, such as 127.0.0.1:7000; port 0 is a free port")
	cmd.Flags().BoolVar(&remote, "remote", false, "allow addresses that other machines can reach; the protocol has no passwords")
	intVar(cmd.Flags(), &workers, "workers", runtime.NumCPU(), 1, maxInt, "threads that step the environments of one client")
	cmd.Flags().BoolVar(&untilInputEnds, "until-input-ends", false, "stop when standard input ends, for programs that start the server")
	cmd.Flags().BoolVar(&quiet, "quiet", false, "hide messages about clients")
	return cmd
}

// maxPolicyName is the length of the longest text that is taken for the name of a policy.
const maxPolicyName = 100

// readPolicy reads a policy of a client: a file, or the name of a bundled policy.
func readPolicy(data []byte, task *policy.Spec) (serve.Policy, error) {
	name := string(data)
	if b, found := bundled.Find(name); found {
		data = b.Data
	}
	p, err := learn.DecodePolicy(data)
	if err != nil {
		if len(name) <= maxPolicyName && !strings.ContainsFunc(name, unicode.IsControl) {
			return nil, fmt.Errorf("no policy %q: it is neither a file nor one of %s", name, strings.Join(bundled.Names(), ", "))
		}
		return nil, err
	}
	return p, p.Spec.Fits(task)
}

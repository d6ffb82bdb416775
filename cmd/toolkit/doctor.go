package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/cachedir"
	"github.com/clipenv/toolkit/internal/doctor"
	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/hdr/exr"
)

func doctorVerb() *cli.Command {
	return &cli.Command{
		Name:        "doctor",
		Usage:       "say what this machine can do, and what is broken",
		Description: "Shows versions, libraries, devices, memory, models and disk, and tries a\nconvolution on every device. Exits with 1 where something is broken.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print the report as JSON"},
		},
		Before: withTorch,
		Action: runDoctor,
	}
}

func runDoctor(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	report := doctor.Examine(doctor.Subject{
		Versions: doctor.Versions{Versions: versions(), OpenEXR: exr.Version()},
		Models:   doctor.FindModels(mini.Files),
		CacheDir: cachedir.Path(),
	})
	if err := printReport(c, report); err != nil {
		return err
	}
	var names []string
	for _, check := range report.Broken() {
		names = append(names, check.Name)
	}
	if len(names) > 0 {
		return fmt.Errorf("doctor: broken: %s; the report has the way out", strings.Join(names, ", "))
	}
	return nil
}

func printReport(c *cli.Context, report doctor.Report) error {
	if !c.Bool("json") {
		return report.WriteText(c.App.Writer)
	}
	return printJSON(c, report)
}

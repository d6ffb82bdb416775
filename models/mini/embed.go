// Package mini holds the weights that edits use unless others are named. How
// they were trained is in docs/models.md and in each file's metadata.
package mini

import "embed"

// Files are vae.safetensors; clip-base.safetensors, clip-polyhaven.safetensors
// and clip-vae.safetensors, of which the last two hold what differs from the
// first; judge.safetensors, bank.safetensors and words.safetensors, whose
// licences are in words.LICENSE.
//
//go:embed *.safetensors
var Files embed.FS

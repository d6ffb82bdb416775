#!/usr/bin/env bash
# Rough handling: 20 kills with -9 at random instants over the verbs, a full
# disk, and hostile files of each kind. A killed command leaves its old output
# or its new one, and nothing that keeps it from being run again; a training
# goes on to the same bytes. ROUGH_SEED=N repeats a run.
set -euo pipefail
cd "$(dirname "$0")/.."
toolkit=$PWD/bin/toolkit
maps=$PWD/examples/hdri
seed=${ROUGH_SEED:-$RANDOM}
RANDOM=$seed
echo "rough-check: ROUGH_SEED=$seed repeats this run"
folder=$(mktemp -d "${TMPDIR:-/tmp}/toolkit-rough.XXXXXX")
disk=
clean() {
	[ -z "$disk" ] || umount "$disk"
	rm -rf "$folder"
}
trap clean EXIT
cd "$folder"
export HOME=$folder TOOLKIT_CACHE=$folder/cache OMP_NUM_THREADS=1 CUDA_VISIBLE_DEVICES=-1

failed=0
fault() {
	echo "rough-check: $*" >&2
	failed=1
}

cat >vae.yaml <<-'YAML'
	model: {height: 16, latent: 8, channels: [4, 6], bottleneck: 2}
	data: {real_share: 0, synthetic: 24, synthetic_held_out: 4}
	train: {steps: 30, batch: 3, save_every: 2, evaluate_every: 5}
	beta: 1.0e-6
	pca_samples: 64
YAML
cat >clip.yaml <<-'YAML'
	model:
	  embed: 16
	  image: {height: 16, width: 32, channels: [8], blocks: [1], hidden: 16}
	  text: {vocabulary: 560, transformer: {dim: 16, layers: 1, heads: 2, hidden: 16}}
	data: {real_share: 0, synthetic: 24, synthetic_held_out: 12}
	train: {steps: 20, batch: 8, save_every: 2, evaluate_every: 5}
YAML
printf 'neighbours: 4\nsteps: 3\n' >edit.yaml
mkdir mine && cp "$maps"/park.exr "$maps"/night.exr mine/

quiet() { "$toolkit" "$@" >out.log 2>err.log || { fault "$*: $(tail -n 3 err.log)"; return 0; }; }

# What is left by commands that nobody disturbs, and how long they take.
quiet train-vae -c vae.yaml -o whole/vae
quiet finetune-clip -c clip.yaml -o whole/clip
mkdir models
cp whole/vae/best.safetensors models/vae.safetensors
cp whole/clip/best.safetensors models/clip.safetensors
quiet make-bank -c vae.yaml --models models

now() { date +%s%N; }

# killed COMMAND...: runs it, ends it at a random instant of its life, whose
# length `life` has in nanoseconds.
killed() {
	local pid wait=$((life / 32768 * RANDOM / 1000000))
	"$toolkit" "$@" >out.log 2>err.log &
	pid=$!
	sleep "$(printf '%d.%03d' $((wait / 1000)) $((wait % 1000)))"
	kill -9 "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	kills=$((kills + 1))
}
timed() { # timed COMMAND...: sets life
	local began
	began=$(now)
	quiet "$@"
	life=$(($(now) - began))
}
strays() { # strays FOLDER WHAT: what is half written is gone once the command ran again
	local left
	left=$(find "$1" -name '.[!.]*[0-9]' -o -name '*.part')
	[ -z "$left" ] || fault "$2 left $left"
}

kills=0
for verb in train-vae finetune-clip; do
	name=${verb/train-vae/vae} name=${name/finetune-clip/clip}
	timed "$verb" -c "$name.yaml" -o "timed/$name"
	for i in 1 2 3; do
		out=killed/$name-$i
		killed "$verb" -c "$name.yaml" -o "$out"
		if [ -e "$out/recipe.json" ]; then
			killed "$verb" -c "$name.yaml" -o "$out" --resume
			quiet "$verb" -c "$name.yaml" -o "$out" --resume
		else
			quiet "$verb" -c "$name.yaml" -o "$out"
		fi
		for file in best.safetensors last.safetensors checkpoint.safetensors metrics.jsonl; do
			cmp -s "$out/$file" "whole/$name/$file" || fault "$verb, killed: $out/$file differs from the undisturbed run's"
		done
		strays "$out" "$verb, killed and resumed,"
	done
done

# again WHAT FOLDER COMMAND...: kills the command, runs it, and finds in FOLDER
# what the undisturbed one left in good/.
again() {
	local what=$1 out=$2
	shift 2
	rm -rf good "$out" && mkdir -p "$out"
	timed "$@"
	cp -r "$out" good
	rm -rf "$out" && mkdir -p "$out"
	killed "$@"
	quiet "$@"
	diff -r -x '.*[0-9]' good "$out" >diff.log || fault "$what, killed and run again: $(head -n 3 diff.log)"
}
again edit edits edit -c edit.yaml --models models -i mine/park.exr -p sunset -o edits/out.exr
again convert maps convert mine/park.exr maps/out.hdr --size 2048x1024
again info pictures info mine/park.exr --preview pictures/out.png
again "dataset synth" drawn dataset synth -o drawn -n 20 --size 64x32
strays drawn "dataset synth, killed and run again,"
again "dataset sheet" sheets dataset sheet mine -o sheets/out.png
again "dataset import" set dataset import mine -o set --size 32x16
strays set "dataset import, killed and run again,"
again "dataset prepare" none dataset prepare --size 32x16 drawn
cp models/bank.safetensors bank.good
timed make-bank -c vae.yaml --models models
killed make-bank -c vae.yaml --models models
quiet make-bank -c vae.yaml --models models
cmp -s bank.good models/bank.safetensors || fault "make-bank, killed and run again, leaves another bank"
strays models "make-bank, killed and run again,"
timed evaluate -c edit.yaml --models models -m mine/park.exr -m mine/night.exr -p sunset -o grid-good
killed evaluate -c edit.yaml --models models -m mine/park.exr -m mine/night.exr -p sunset -o grid
if [ -e grid/recipe.json ]; then set -- --resume; else set --; fi
quiet evaluate -c edit.yaml --models models -m mine/park.exr -m mine/night.exr -p sunset -o grid "$@"
cmp -s grid/table.md grid-good/table.md || fault "evaluate, killed and resumed, leaves another table"
strays grid "evaluate, killed and resumed,"
while [ "$kills" -lt 20 ]; do
	killed doctor
	quiet doctor
done
echo "rough-check: $kills kills"

# refused STATUS WORDS COMMAND...: ends within 20 seconds and 4 GiB with STATUS,
# words on standard error and no stack.
refused() {
	local want=$1 words=$2 got=0
	shift 2
	(ulimit -v 4194304 && exec timeout 20 "$toolkit" "$@" >out.log 2>err.log) || got=$?
	[ "$got" = "$want" ] || fault "$*: got status $got, want $want: $(tail -n 2 err.log)"
	grep -qiE "$words" err.log || fault "$*: said $(tail -n 2 err.log | cut -c1-300), want $words"
	! grep -qE '^goroutine|this is a bug|Traceback' err.log || fault "$*: gave a stack: $(head -n 2 err.log)"
	[ "$(wc -c <err.log)" -lt 16384 ] || fault "$*: said $(wc -c <err.log) bytes"
}

if mkdir disk && mount -t tmpfs -o size=64k tmpfs disk 2>/dev/null; then
	disk=$folder/disk
	refused 1 'no space left' edit -c edit.yaml --models models -i mine/park.exr -p sunset -o disk/out.exr
	refused 1 'no space left' convert mine/park.exr disk/out.hdr
	refused 1 'no space left' info mine/park.exr --preview disk/out.png
	refused 1 'no space left' dataset synth -o disk/drawn -n 40 --size 64x32
	rm -rf disk/drawn
	refused 1 'no space left' train-vae -c vae.yaml -o disk/vae
	left=$(find disk -name '.[!.]*[0-9]' -o -name 'out.*')
	[ -z "$left" ] || fault "on a full disk there is left $left"
	echo "rough-check: a full disk"
else
	echo "rough-check: no small disk can be made here: left out"
fi

mkdir hostile weights
cp models/clip.safetensors weights/
hostile() { # hostile NAME: the weights of that name are the VAE's
	ln -sf "$1" weights/vae.safetensors
	shift
	refused 1 "$1" edit --models weights -i mine/park.exr -p sunset -o never.hdr
}
yes 'a: 1' | head -c 60000 >hostile/keys.yaml || true
yes 'a: 1' | head -c 50000000 >hostile/large.yaml || true
printf '%s' "$(yes '[' | head -n 30000 | tr -d '\n')" >hostile/deep.yaml
printf 'train: {learning_rate: .inf}\n' >hostile/infinite.yaml
printf '"\\e[2J": 1\n' >hostile/escape.yaml
refused 1 'unknown key "a"' train-vae -c hostile/keys.yaml -o never
refused 1 'larger than 65536 bytes' train-vae -c hostile/large.yaml -o never
refused 1 'yaml: ' train-vae -c hostile/deep.yaml -o never
refused 1 'want a finite number' train-vae -c hostile/infinite.yaml -o never
refused 1 'unknown key "\\x1b\[2J"' train-vae -c hostile/escape.yaml -o never
mkfifo hostile/pipe
truncate -s 20G hostile/sparse
head -c 100000 models/vae.safetensors >hostile/cut.safetensors 2>/dev/null
printf '\377\377\377\377\377\377\377\177{}' >hostile/length.safetensors
refused 1 'a pipe' train-vae -c hostile/pipe -o never
hostile ../hostile/pipe 'a pipe or a device'
hostile /dev/zero 'a pipe or a device'
hostile ../hostile/sparse 'header'
hostile ../hostile/length.safetensors 'header'
hostile ../mine/park.exr 'header'
hostile ../models/clip.safetensors 'the file is a "clip", want one of "vae"'
head -c 3000 mine/park.exr >hostile/cut.exr
printf '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 8192 +X 16384\n' >hostile/bomb.hdr
printf '\211PNG\r\n\032\n' >hostile/cut.png
printf '\377\330\377\000\000' >hostile/nonsense.jpg
printf 'RIFF\000\000\000\200WEBPVP8L' >hostile/cut.webp
for map in cut.exr bomb.hdr cut.png nonsense.jpg cut.webp sparse; do
	refused 1 "$map" convert "hostile/$map" never.exr
done
mkdir run-of-one && printf '{"command":' >run-of-one/recipe.json
refused 1 'recipe.json' train-vae -c vae.yaml -o run-of-one --resume
ln -sf /dev/zero run-of-one/recipe.json
refused 1 'a pipe or a device' train-vae -c vae.yaml -o run-of-one --resume
cp -r whole/vae broken && printf 'no checkpoint' >broken/checkpoint.safetensors
refused 1 'checkpoint.safetensors' train-vae -c vae.yaml -o broken --resume
[ ! -e never ] && [ ! -e never.hdr ] && [ ! -e never.exr ] || fault "what was refused left an output"
echo "rough-check: hostile files"
exit "$failed"

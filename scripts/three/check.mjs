// Holds the lamps that `toolkit light` writes to their maps, in three.js.
//
//	node scripts/three/check.mjs FOLDER
//
// For each NAME.hdr in FOLDER with a sun of one texel and its NAME.gltf: the
// light that three.js's GLTFLoader makes must shine from the direction in which
// three.js's own shader finds the map's brightest texel, to 3 degrees, and give
// the irradiance of that texel, to 5 %. Exits with 1 where one differs.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FloatType, ShaderChunk, Vector3 } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { HDRLoader } from 'three/addons/loaders/HDRLoader.js';

const degrees = 3, share = 0.05;

// three.js tells of its loading by an event that Node.js lacks.
globalThis.ProgressEvent ??= class extends Event {};

// The lookup as the shader has it, read from its source: u and v of a direction.
function lookup() {
	const body = /vec2 equirectUv\([^)]*\)\s*{(.*?)}/s.exec(ShaderChunk.common)[1];
	const [u, v] = ['u', 'v'].map((name) => new RegExp(`float ${name} = (.*?);`).exec(body)[1]);
	return new Function('dir', `
		const RECIPROCAL_PI = 1 / Math.PI, RECIPROCAL_PI2 = 0.5 / Math.PI;
		const atan = Math.atan2, asin = Math.asin, clamp = (x, a, b) => Math.min(Math.max(x, a), b);
		return [${u}, ${v}];`);
}
const equirectUv = lookup();

// The brightest texel of a map as a renderer gets it: column, and row from v = 0.
async function brightest(path) {
	const url = `data:application/octet-stream;base64,${readFileSync(path).toString('base64')}`;
	// The loader's half floats would cut off what is brighter than 65504.
	const texture = await new HDRLoader().setDataType(FloatType).loadAsync(url);
	const { width, height, data } = texture.image;
	let at = 0, most = -1;
	for (let i = 0; i < width * height; i++) {
		const sum = [0, 1, 2].reduce((s, c) => s + data[4 * i + c], 0);
		if (sum > most) [at, most] = [i, sum];
	}
	const row = Math.floor(at / width);
	return {
		width, height, column: at % width, row: texture.flipY ? height - 1 - row : row,
		radiance: [0, 1, 2].map((c) => data[4 * at + c]),
	};
}

// The mean of the directions that the shader finds in a texel, and the solid
// angle of them, by trying directions that lie evenly over the sphere.
function found(texel) {
	const mean = new Vector3(), tries = 4e6, golden = Math.PI * (3 - Math.sqrt(5));
	let hits = 0;
	for (let i = 0; i < tries; i++) {
		const y = 1 - 2 * (i + 0.5) / tries, r = Math.sqrt(1 - y * y);
		const d = new Vector3(r * Math.cos(golden * i), y, r * Math.sin(golden * i));
		const [u, v] = equirectUv(d);
		if (Math.floor(u * texel.width) % texel.width === texel.column && Math.floor(v * texel.height) === texel.row) {
			mean.add(d);
			hits++;
		}
	}
	return { direction: mean.normalize(), solidAngle: 4 * Math.PI * hits / tries };
}

async function lamp(path) {
	const { scene } = await new GLTFLoader().parseAsync(readFileSync(path, 'utf8'), '');
	scene.updateMatrixWorld(true);
	const lights = [];
	scene.traverse((thing) => thing.isLight && lights.push(thing));
	if (lights.length !== 1 || !lights[0].isDirectionalLight) throw new Error(`${path}: want one directional light, got ${lights.map((l) => l.type)}`);
	const [light] = lights;
	// A directional light shines from where it stands to where its target does.
	const from = new Vector3().setFromMatrixPosition(light.matrixWorld).sub(new Vector3().setFromMatrixPosition(light.target.matrixWorld));
	return { direction: from.normalize(), irradiance: light.color.toArray().map((c) => c * light.intensity) };
}

const folder = process.argv[2];
if (!folder) {
	console.error('three: name the folder of maps and lamps');
	process.exit(2);
}
const maps = readdirSync(folder).filter((name) => name.endsWith('.hdr'));
let failed = maps.length === 0;
if (failed) console.error(`lamp-check: no maps in ${folder}`);
for (const name of maps) {
	const path = join(folder, name);
	const texel = await brightest(path);
	const { direction, solidAngle } = found(texel);
	const light = await lamp(path.replace(/\.hdr$/, '.gltf'));
	const away = light.direction.angleTo(direction) * 180 / Math.PI;
	const want = texel.radiance.map((v) => v * solidAngle);
	const off = Math.max(...want.map((w, c) => Math.abs(light.irradiance[c] - w))) / Math.max(...want);
	console.log(`${basename(name, '.hdr').padEnd(14)} three.js       ${away.toFixed(2)} degrees and ${(100 * off).toFixed(1)} % off the map's`);
	if (!(away <= degrees) || !(off <= share)) {
		console.error(`lamp-check: ${path}: three.js's light is ${away.toFixed(1)} degrees and ${(100 * off).toFixed(1)} % off the map's`);
		failed = true;
	}
}
process.exit(failed ? 1 : 0);

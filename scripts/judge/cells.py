"""Shows cells of a grid, each below the map that it was made of.

    scripts/judge/cells.py GRID MAPS OUT.jpg CELL[,CELL...] ...

GRID is a run of `toolkit evaluate --keep-maps`, MAPS the folder of its maps, a
CELL the number in cell-0001.hdr; each argument is a row. An edit has the
exposure of its input, but for .6 of what it is darker. Run it with the Python
of `scripts/python.sh judge`.
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cv2  # noqa: E402
import numpy as np  # noqa: E402

import views  # noqa: E402

WIDTH, GAP = 400, 4  # pixels


def picture(map_, before):
    """A map's picture, exposed for the map that it was made of."""
    own, his = views.log_average(map_), views.log_average(before)
    average = his * min(own / his, 1) ** 0.6
    shown = cv2.resize(views.expose(map_, average), (WIDTH, WIDTH // 2), interpolation=cv2.INTER_AREA)
    return np.pad(shown, ((0, GAP), (0, GAP), (0, 0)), constant_values=255)


def main(grid, folder, out, *rows):
    grid, folder = pathlib.Path(grid), pathlib.Path(folder)
    recipe = json.loads((grid / "recipe.json").read_text())
    prompts, maps = recipe["config"]["prompts"], [f["name"] for f in recipe["inputs"]]
    bands = []
    for row in rows:
        above, below = [], []
        for cell in map(int, row.split(",")):
            at, prompt = divmod(cell - 1, len(prompts))
            before = views.read(folder / maps[at])
            above.append(picture(before, before))
            below.append(picture(views.read(grid / f"cell-{cell:04d}.hdr"), before))
            print(f"cell {cell}: {maps[at]}, {prompts[prompt]}")
        bands += [np.concatenate(above, axis=1), np.concatenate(below, axis=1)]
    wide = max(b.shape[1] for b in bands)
    sheet = np.concatenate([np.pad(b, ((0, 0), (0, wide - b.shape[1]), (0, 0)), constant_values=255) for b in bands])
    if not cv2.imwrite(out, sheet, [cv2.IMWRITE_JPEG_QUALITY, 82]):
        sys.exit(f"cells: {out} cannot be written")


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])

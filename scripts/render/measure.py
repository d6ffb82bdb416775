"""What a map's light does, measured from Blender's own renders of it."""
import math

import numpy as np

import scene

WHITE = 0.8  # of the matte sphere and of the ground
# The ball that casts the shadow hangs above the ground: one that lay on it would
# keep the sky from the ground beneath it, whatever the sun does.
HEIGHT, RADIUS = 1.0, 0.25  # metres
FIELD = 16.0  # metres of ground that are seen, so that a sun 7 degrees high casts its shadow within
PIXELS = 256


def shadow(light, samples, height=HEIGHT):
    """The shadow of a ball on a plane: azimuth of its light, depth and hardness,
    and the irradiance [3] of the plane without the ball. light is scene.begin's.

    azimuth is where the light comes from, elevation how high it stands, in
    degrees; depth is the largest share of its light that a spot of the ground
    loses. hardness is the share of all the light that the ball keeps from the
    ground which falls into the shadow of a point in that direction: 1 for a
    lone sun, near 0 for an even sky. height is the ball's, in metres: below
    arctan(height / 7) a lone sun's shadow falls out of the field.
    """
    seen = []
    for ball in (True, False):
        scene.begin(light)
        scene.plane(4 * FIELD, scene.material("ground", WHITE))
        if ball:
            scene.sphere(0, height, RADIUS, scene.material("black", 0)).visible_camera = False
        scene.camera((0, 0, 20), (0, 0, 0), FIELD)
        picture = scene.render((PIXELS, PIXELS), samples, 0)[:, :, :3]
        seen.append(picture.sum(axis=2))
    # Every spot of the plane alone has the same light, so that its mean has less noise.
    lost = (seen[1] - seen[0]) / max(seen[1].mean(), 1e-12)
    level = smooth(lost)
    depth = float(level.max())
    at = (np.arange(PIXELS) + 0.5) / PIXELS * FIELD - FIELD / 2
    x, y = at[None, :], -at[:, None]  # rows go down, +Y goes up
    core = np.where(level > 0.5 * depth, level - 0.5 * depth, 0)
    top = np.unravel_index(level.argmax(), level.shape)
    core *= np.hypot(x - at[top[1]], y + at[top[0]]) < 4 * RADIUS * (1 + math.hypot(at[top[1]], at[top[0]]) / height)
    cx, cy = (core * x).sum() / core.sum(), (core * y).sum() / core.sum()
    away = math.hypot(cx, cy)
    # In the light's own frame a point's shadow is an ellipse, RADIUS across.
    along = ((x - cx) * cx + (y - cy) * cy) / max(away, 1e-9)
    across = ((x - cx) * -cy + (y - cy) * cx) / max(away, 1e-9)
    sine = height / math.hypot(height, away)
    blur = 1.2 * FIELD / PIXELS
    inside = (along / (RADIUS / sine + blur)) ** 2 + (across / (RADIUS + blur)) ** 2 <= 1
    return {
        "azimuth": math.degrees(math.atan2(cy, -cx)),
        "elevation": math.degrees(math.atan2(height, away)),
        "depth": depth,
        "level": picture.mean(axis=(0, 1)) * math.pi / WHITE,
        "hardness": float(lost[inside].sum() / max(lost.sum(), 1e-9)),
    }


def smooth(a):
    """Means over 3 by 3 pixels: one spot's noise is no shadow."""
    p = np.pad(a, 1, mode="edge")
    return sum(p[i : i + a.shape[0], j : j + a.shape[1]] for i in range(3) for j in range(3)) / 9


def white_sphere(image, samples):
    """Irradiance [3] on the top of a white matte sphere that hangs in the light
    alone, and the mean over its upper half as it is seen from above."""
    scene.begin(image)
    scene.sphere(0, 0, 1, scene.material("white", WHITE))
    scene.camera((0, 0, 20), (0, 0, 0), 2.2)
    seen = scene.render((128, 128), samples, 0)
    at = ((np.arange(128) + 0.5) / 128 - 0.5) * 2.2
    away = np.hypot(at[None, :], at[:, None])
    light = seen[:, :, :3] * math.pi / WHITE
    return light[away < 0.1].mean(axis=0), light[away < 0.95].mean(axis=0)


def irradiance(radiance):
    """The irradiance [3] on a level plane by summing over the map."""
    height, width = radiance.shape[:2]
    edges = np.linspace(0, math.pi, height + 1)
    # The integral of cos over a row's polar angles, for the rows above the horizon.
    rows = (np.sin(np.minimum(edges[1:], math.pi / 2)) ** 2 - np.sin(np.minimum(edges[:-1], math.pi / 2)) ** 2) / 2
    return (radiance.sum(axis=1) * rows[:, None]).sum(axis=0) * 2 * math.pi / width

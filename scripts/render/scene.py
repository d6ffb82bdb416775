"""Blender's scenes: spheres in the light of a map, and pictures as arrays.

The map's middle column lies towards +X, its right quarter towards -Y: seen
from inside, nothing is mirrored. An azimuth is in degrees to the right of the
middle column. Radiance is linear; a map's numbers are taken as they are.
"""
import math
import os
import tempfile

import bpy
import numpy as np


def open_map(path):
    """Loads a map: Blender's image, and its radiance [H,W,3] with row 0 at the zenith."""
    image = bpy.data.images.load(os.path.abspath(path))
    image.colorspace_settings.name = "Non-Color"  # its numbers are linear light
    width, height = image.size
    if width == 0:
        raise ValueError(f"{path}: Blender reads no picture there")
    pixels = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    return image, pixels.reshape(height, width, image.channels)[::-1, :, :3].astype(np.float64)


def begin(light):
    """Empties Blender and lights the emptiness by an image, or by what a
    function brings into the scene."""
    scene = bpy.context.scene
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.seed = 1
    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.sample_clamp_direct = scene.cycles.sample_clamp_indirect = 0  # a clamp would dim the sun
    scene.render.resolution_percentage = 100
    world = bpy.data.worlds.new("light")
    scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    if callable(light):
        nodes["Background"].inputs["Color"].default_value = (0, 0, 0, 1)
        light()
        return scene
    texture = nodes.new("ShaderNodeTexEnvironment")
    texture.image = light
    links.new(texture.outputs["Color"], nodes["Background"].inputs["Color"])
    return scene


def material(name, colour, metallic=0.0, roughness=1.0):
    """A matte surface is Lambert's; a metal is the Principled one."""
    m = bpy.data.materials.new(name)
    m.use_nodes = True
    nodes, links = m.node_tree.nodes, m.node_tree.links
    if metallic:
        surface = nodes["Principled BSDF"]
        surface.inputs["Metallic"].default_value = metallic
        surface.inputs["Roughness"].default_value = roughness
        surface.inputs["Base Color"].default_value = (colour, colour, colour, 1)
        return m
    surface = nodes.new("ShaderNodeBsdfDiffuse")
    surface.inputs["Color"].default_value = (colour, colour, colour, 1)
    links.new(surface.outputs["BSDF"], nodes["Material Output"].inputs["Surface"])
    return m


def sphere(x, z, radius, surface):
    bpy.ops.mesh.primitive_uv_sphere_add(radius=radius, location=(x, 0, z), segments=96, ring_count=48)
    thing = bpy.context.object
    bpy.ops.object.shade_smooth()
    thing.data.materials.append(surface)
    return thing


def plane(size, surface):
    bpy.ops.mesh.primitive_plane_add(size=size)
    bpy.context.object.data.materials.append(surface)


def camera(location, rotation, width=None):
    """A camera; with a width in metres, one without perspective."""
    data = bpy.data.cameras.new("camera")
    if width:
        data.type, data.ortho_scale = "ORTHO", width
    thing = bpy.data.objects.new("camera", data)
    thing.location, thing.rotation_euler = location, rotation
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.scene.camera = thing


def render(size, samples, bounces):
    """Renders radiance: [H,W,4], row 0 at the top, alpha in the last channel."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.cycles.samples, scene.cycles.max_bounces = samples, bounces
    scene.render.film_transparent = True
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = "OPEN_EXR", "RGBA", "32"
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = os.path.join(folder, "radiance.exr")
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(scene.render.filepath)
        image.colorspace_settings.name = "Non-Color"
        pixels = np.empty(size[0] * size[1] * 4, np.float32)
        image.pixels.foreach_get(pixels)
        bpy.data.images.remove(image)
    return pixels.reshape(size[1], size[0], 4)[::-1].astype(np.float64)


def picture(image, path, width, samples, exposure):
    """Renders a matte, a glossy and a mirror ball on a plane to a PNG.

    The camera looks along +X, as a viewer of the map's middle does; exposure is
    in stops, the same for every map unless asked, since a night is dark.
    """
    scene = begin(image)
    for x, surface in (
        (-2.4, material("matte", 0.8)),
        (0.0, material("glossy", 0.8, 1.0, 0.3)),
        (2.4, material("mirror", 0.9, 1.0, 0.0)),
    ):
        thing = sphere(0, 1, 1, surface)
        thing.location.y = -x  # a viewer who looks along +X has -Y at his right
    plane(24, material("ground", 0.4))
    camera((-10, 0, 3), (math.radians(78), 0, math.radians(-90)))
    scene.render.film_transparent = False
    scene.render.resolution_x, scene.render.resolution_y = width, width // 2
    scene.cycles.samples, scene.cycles.max_bounces = samples, 4
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.exposure = exposure
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = "PNG", "RGB", "8"
    scene.render.filepath = os.path.abspath(path)
    bpy.ops.render.render(write_still=True)

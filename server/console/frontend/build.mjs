// Bundles scripts, styles, icons and the typeface into ../static/dist under names that hold the hash of their content.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "../static/dist");

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: ["src/console.js", "src/board.js", "src/alert.js", "css/console.css"],
    outdir: dist,
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome123", "firefox121", "safari17.5"],
    minify: true,
    sourcemap: false,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    legalComments: "linked",
    loader: { ".woff2": "file" },
    assetNames: "[name]-[hash]",
    metafile: true,
    logLevel: "warning",
  });
  const manifest = {};
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    if (output.entryPoint) manifest[basename(output.entryPoint)] = relative(dist, join(here, path));
    if (path.endsWith(".woff2")) manifest["inter.woff2"] = relative(dist, join(here, path));
  }
  return manifest;
}

async function hashed(name, extension, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  const file = `${name}-${hash}.${extension}`;
  await writeFile(join(dist, file), text);
  return file;
}

/** One SVG file with a symbol per icon; each icon is drawn on a grid of 24 with the text's colour. */
async function sprite() {
  const folder = join(here, "icons");
  const symbols = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".svg")).sort()) {
    const svg = await readFile(join(folder, file), "utf8");
    const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").trim();
    symbols.push(`<symbol id="${basename(file, ".svg")}" viewBox="0 0 24 24">${inner}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const manifest = await bundle();
manifest["icons.svg"] = await hashed("icons", "svg", await sprite());
manifest["favicon.svg"] = await hashed("favicon", "svg", await readFile(join(here, "favicon.svg"), "utf8"));
await copyFile(join(here, "node_modules/@fontsource-variable/inter/LICENSE"), join(dist, "inter-LICENSE.txt"));
await writeFile(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

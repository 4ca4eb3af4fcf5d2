// Compiles src/theme.scss and copies every font and image that the result names.
// Run with `npm ci && npm run build` in this folder; commit what changes under static/afterword/.

import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const uswds = join(here, "node_modules", "@uswds", "uswds");
const out = join(here, "..", "static", "afterword");

const { css } = sass.compile(join(here, "src", "theme.scss"), {
  style: "compressed",
  sourceMap: false,
  quietDeps: true,
  loadPaths: [join(uswds, "packages")],
});

mkdirSync(join(out, "css"), { recursive: true });
writeFileSync(join(out, "css", "afterword.css"), `${css.trim()}\n`);

// Fonts and images are named from the CSS alone, so that nothing unused is shipped.
const named = [...new Set([...css.matchAll(/url\(["']?\.\.\/(fonts|img)\/([^"')]+)["']?\)/g)].map((m) => `${m[1]}/${m[2]}`))];
for (const folder of ["fonts", "img"]) {
  rmSync(join(out, folder), { recursive: true, force: true });
}
for (const path of named) {
  const target = join(out, path);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(uswds, "dist", path), target);
}

const sizeOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
console.log(`${basename(out)}: css ${Math.round(css.length / 1024)} KB, fonts and images ${Math.round((sizeOf(join(out, "fonts")) + sizeOf(join(out, "img"))) / 1024)} KB, ${named.length} files`);

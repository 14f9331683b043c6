// Builds the chat into gateway/static. `--check` builds into memory and fails when a committed file differs.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "gateway", "static");
const BUDGET = { loader: 3 * 1024, panel: 27 * 1024 };

const common = { absWorkingDir: here, bundle: true, minify: true, write: false, target: ["es2021", "safari15"], legalComments: "none", logLevel: "warning" };

/** CSS imported by TypeScript becomes a minified string. */
const cssText = {
  name: "css-text",
  setup(b) {
    b.onLoad({ filter: /\.css$/ }, async (args) => {
      const made = await build({ ...common, entryPoints: [args.path], bundle: false });
      return { contents: made.outputFiles[0].text.trim(), loader: "text" };
    });
  },
};

async function bundle(entry, format) {
  const made = await build({ ...common, entryPoints: [entry], format, plugins: format ? [cssText] : [] });
  return Buffer.from(made.outputFiles[0].contents);
}

const loader = await bundle("src/loader.ts", "iife");
const chatJs = await bundle("src/chat.ts", "esm");
const chatCss = await bundle("styles/chat.css");
const siteCss = await bundle("styles/site.css");
/** Files with a content hash in their name may be kept for ever by browsers; pages name them as {chat.js}. */
const hashed = (name, bytes) => name.replace(".", `-${createHash("sha256").update(bytes).digest("hex").slice(0, 10)}.`);
const assets = { "chat.js": chatJs, "chat.css": chatCss, "site.css": siteCss };
const page = (name) =>
  Buffer.from(
    Object.entries(assets).reduce(
      (text, [asset, bytes]) => text.replaceAll(`{${asset}}`, hashed(asset, bytes)),
      readFileSync(join(here, "pages", name), "utf8"),
    ),
  );

const files = {
  "loader.js": loader,
  "chat.html": page("chat.html"),
  "index.html": page("index.html"),
  ...Object.fromEntries(Object.entries(assets).map(([name, bytes]) => [hashed(name, bytes), bytes])),
};

const gz = (...names) => names.reduce((sum, name) => sum + gzipSync(files[name], { level: 9 }).length, 0);
const sizes = { loader: gz("loader.js"), panel: gz(hashed("chat.js", chatJs), hashed("chat.css", chatCss), "chat.html") };
console.log(`loader ${sizes.loader} B, panel ${sizes.panel} B (gzip -9)`);
let bad = false;
for (const [what, most] of Object.entries(BUDGET)) {
  if (sizes[what] > most) {
    console.error(`${what} is over its ${most} B`);
    bad = true;
  }
}

mkdirSync(target, { recursive: true });
const leftOver = readdirSync(target).filter((name) => !(name in files));

if (process.argv.includes("--check")) {
  for (const name of leftOver) {
    console.error(`gateway/static/${name} is not built by web/`);
    bad = true;
  }
  for (const [name, bytes] of Object.entries(files)) {
    let committed = null;
    try {
      committed = readFileSync(join(target, name));
    } catch {}
    if (!committed?.equals(bytes)) {
      console.error(`gateway/static/${name} is not what web/ builds: run \`npm run build\` in web/ and commit`);
      bad = true;
    }
  }
} else {
  for (const name of leftOver) rmSync(join(target, name));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(target, name), bytes);
}
process.exit(bad ? 1 : 0);

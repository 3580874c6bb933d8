import { defineConfig, loadEnv } from "vite";

const CALLS = ["/meetings", "/detect_faces", "/jobs", "/is_admin", "/evidence", "/thumbnails"];

export default defineConfig(({ mode }) => {
  const gateway = loadEnv(mode, ".", "PUBLIC_").PUBLIC_URL ?? "http://127.0.0.1:8000";
  const to = { target: gateway, ws: true };
  return {
    // The same list as in the README and in public/assets/fallback.js.
    build: {
      target: ["chrome111", "edge111", "firefox115", "safari16.4"],
      // React's "use client" in TanStack Query, which has no meaning in a browser.
      rolldownOptions: { checks: { moduleLevelDirective: false } },
    },
    // Scripts import each other relatively, so that they work below any path prefix. In index.html the server adds the prefix.
    experimental: {
      renderBuiltUrl: (file, { hostType }) => (hostType === "html" ? `/${file}` : { relative: true }),
    },
    server: { proxy: Object.fromEntries(CALLS.map((path) => [path, to])) },
  };
});

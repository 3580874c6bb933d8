import { defineConfig, loadEnv } from "vite";

const CALLS = ["/meetings", "/detect_faces", "/jobs", "/is_admin", "/evidence", "/thumbnails"];

export default defineConfig(({ mode }) => {
  const gateway = loadEnv(mode, ".", "PUBLIC_").PUBLIC_URL ?? "http://127.0.0.1:8000";
  const to = { target: gateway, ws: true };
  return {
    // As stated in the README, and in public/assets/fallback.js.
    build: { target: ["chrome111", "edge111", "firefox115", "safari16.4"] },
    // Scripts find each other beside themselves, also where everything is below a path. In index.html the server says where.
    experimental: {
      renderBuiltUrl: (file, { hostType }) => (hostType === "html" ? `/${file}` : { relative: true }),
    },
    server: { proxy: Object.fromEntries(CALLS.map((path) => [path, to])) },
  };
});

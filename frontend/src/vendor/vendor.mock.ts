// For tests: loaded before the page's scripts, it replaces the vendor's servers by the SDK's own mock. Requests to our
// gateway pass through; the rest of the page, including the SDK, is real.
import { setupStubs } from "@cloudflare/realtimekit/mock";

const real = { fetch: window.fetch, WebSocket: window.WebSocket };
setupStubs({ peerId: "self", mockParticipants: [] });
const mocked = { fetch: window.fetch, WebSocket: window.WebSocket };

const isOwn = (address: string | URL): boolean => new URL(address, location.href).host === location.host;

window.fetch = async (request, options) => {
  const address = request instanceof Request ? request.url : String(request);
  if (isOwn(address)) return real.fetch.call(window, request, options);
  if (address.endsWith("/internals/participant-details"))
    return Response.json({ success: true, data: DETAILS });
  return mocked.fetch.call(window, request, options);
};
window.WebSocket = new Proxy(real.WebSocket, {
  construct: (_, [address, protocols]) =>
    isOwn(address)
      ? new real.WebSocket(address, protocols)
      : translated(new mocked.WebSocket(address, protocols)),
});

// Each message begins with its type number. The SDK's media messages start at 0x3000000, those of its mock still at
// 0x1000000: they differ in the highest byte.
const SDK = 0x18;
const MOCK = 0x08;

function translated(socket: WebSocket): WebSocket {
  const send = socket.send.bind(socket);
  socket.send = (data) => send(renumbered(data, SDK, MOCK));
  Object.defineProperty(socket, "onmessage", {
    set: (listen: (event: { data: unknown }) => void) =>
      socket.addEventListener("message", ({ data }) => listen({ data: renumbered(data, MOCK, SDK) })),
  });
  return socket;
}

function renumbered<T>(data: T, from: number, to: number): T | Uint8Array<ArrayBuffer> {
  if (!(data instanceof ArrayBuffer || data instanceof Uint8Array)) return data;
  const bytes = new Uint8Array(data);
  if (bytes[4] === from) bytes[4] = to;
  return bytes;
}

/** What the vendor's API tells the SDK about the participant and their permissions. */
const DETAILS = {
  participant: { id: "self", name: "Ada", picture: "", custom_participant_id: "self" },
  meeting: { title: "Algebra I" },
  socket: {},
  preset: {
    id: "preset",
    name: "group_call_participant",
    version: "2.0.0",
    config: {
      view_type: "GROUP_CALL",
      livestream_viewer_qualities: [],
      max_video_streams: { mobile: 6, desktop: 9 },
      max_screenshare_count: 1,
      media: {
        audio: { enable_stereo: false, enable_high_bitrate: false },
        video: { quality: "vga", frame_rate: 30 },
        screenshare: { quality: "hd", frame_rate: 5 },
      },
    },
    permissions: {
      accept_waiting_requests: false,
      can_accept_production_requests: false,
      can_edit_display_name: false,
      can_record: false,
      can_livestream: false,
      disable_participant_audio: false,
      disable_participant_screensharing: false,
      disable_participant_video: false,
      kick_participant: false,
      pin_participant: false,
      plugins: { can_close: false, can_start: false, config: {} },
      waiting_room_type: "SKIP",
      polls: { can_create: false, can_vote: false, can_view: false },
      media: {
        audio: { can_produce: "ALLOWED" },
        video: { can_produce: "ALLOWED" },
        screenshare: { can_produce: "NOT_ALLOWED" },
      },
      chat: {
        public: { can_send: false, text: false, files: false },
        private: { can_send: false, can_receive: false, text: false, files: false },
      },
      recorder_type: "NONE",
      hidden_participant: false,
      show_participant_list: true,
      can_change_participant_permissions: false,
      connected_meetings: {
        can_alter_connected_meetings: false,
        can_switch_connected_meetings: false,
        can_switch_to_parent_meeting: false,
      },
      transcription_enabled: false,
    },
    ui: {
      config_diff: {},
      design_tokens: {
        border_radius: "rounded",
        border_width: "thin",
        spacing_base: 4,
        theme: "dark",
        logo: "",
        colors: {
          brand: { 300: "#844d1c", 400: "#9d5b22", 500: "#b56927", 600: "#d37c30", 700: "#d9904f" },
          background: { 600: "#222222", 700: "#1f1f1f", 800: "#1b1b1b", 900: "#181818", 1000: "#141414" },
          danger: "#ff2d2d",
          success: "#62a504",
          text: "#eeeeee",
          text_on_brand: "#eeeeee",
          video_bg: "#191919",
          warning: "#ffcd07",
        },
      },
    },
  },
};

import type { CameraUse } from "./useCamera";

/** Choose a camera, if there are several. */
export function CameraChoice({ use }: { use: CameraUse }) {
  if (use.devices.length < 2) return null;
  return (
    <label>
      Camera
      <select value={use.camera?.deviceId ?? ""} onChange={(event) => void use.open(event.target.value)}>
        {use.devices.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `Camera ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}

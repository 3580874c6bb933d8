/** There is no picture to take: the camera was unplugged, covered by the system, or taken away. */
export class CameraOff extends Error {
  override name = "CameraOff";
}

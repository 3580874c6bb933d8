import { Banner } from "../../ui/Banner";
import { Icon } from "../../ui/Icon";
import { OfficeContact } from "../../ui/OfficeContact";
import type { CameraProblem } from "./Camera";
import styles from "./CameraHelp.module.css";

interface Props {
  problem: CameraProblem;
  onRetry: () => void;
}

const HELP: Record<CameraProblem, { title: string; steps: string[] }> = {
  refused: {
    title: "This page isn't allowed to use your camera",
    steps: [
      "Click the camera or lock symbol beside the address of this page and allow the camera.",
      "If it is allowed there, check your computer's privacy settings: the browser needs permission, too.",
    ],
  },
  missing: {
    title: "No camera was found",
    steps: [
      "Is it plugged in and switched on? Some laptops have a key or a slider for it.",
      "Without a camera on this computer, open the same link on a phone or tablet.",
    ],
  },
  in_use: {
    title: "Another program is using your camera",
    steps: [
      "Close other programs and tabs that show you, such as a video call.",
      "If that does not help, unplug the camera and plug it in again, or restart the browser.",
    ],
  },
  stopped: {
    title: "Your camera has stopped",
    steps: [
      "Is it still plugged in? Some laptops have a key or a slider that switches it off.",
      "Close other programs and tabs that show you, such as a video call.",
    ],
  },
  turned_off: {
    title: "You have turned your camera off",
    steps: ["Turn it on again, here or in the video meeting. Without it you are not being checked."],
  },
  insecure: {
    title: "Browsers allow the camera only on secure pages",
    steps: ["The address of this page must start with https://. Ask your invigilator for the right link."],
  },
  scrambled: {
    title: "Your browser gives this page noise instead of your picture",
    steps: [
      "In Firefox, privacy.resistFingerprinting does that: allow canvas data for this page by the picture symbol beside its address, or set it to false in about:config.",
      "A privacy extension may do it, too: switch it off for this page.",
      "Or open the same link in another browser.",
    ],
  },
  unknown: {
    title: "The camera could not be switched on",
    steps: ["Unplug it and plug it in again, or restart the browser.", "Another browser may work as well."],
  },
};

/** Why there is no picture, and how to fix it. */
export function CameraHelp({ problem, onRetry }: Props) {
  const { title, steps } = HELP[problem];
  return (
    <Banner tone="danger" className={styles.help} role="alert">
      <Icon name="cameraOff" />
      <div>
        <h3>{title}</h3>
        <ul>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
        <OfficeContact />
        <button type="button" onClick={onRetry}>
          {problem === "turned_off" ? "Turn my camera on" : "Try again"}
        </button>
      </div>
    </Banner>
  );
}

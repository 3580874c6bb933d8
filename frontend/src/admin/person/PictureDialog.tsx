import type { Flag } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { DialogHead } from "../../ui/DialogHead";
import { dayAndTime } from "../../ui/time";
import { BoxedPicture } from "../flags/BoxedPicture";
import { confidenceLabel, countLabel, KIND_NAMES } from "../flags/labels";

interface Props {
  flag: Flag;
  onClose: () => void;
}

/** One picture, large, with what was found in it. */
export function PictureDialog({ flag, onClose }: Props) {
  return (
    <Dialog labelledBy="picture-title" wide onClose={onClose}>
      <DialogHead onClose={onClose}>
        <div>
          <h2 id="picture-title">{`${KIND_NAMES[flag.kind]}: ${countLabel(flag)}`}</h2>
          <p>
            <time dateTime={flag.ts}>{dayAndTime(flag.ts)}</time>
          </p>
        </div>
      </DialogHead>
      <BoxedPicture flag={flag} className="" />
      <p className="quiet">
        {`${confidenceLabel(flag)} · ${flag.findings.engine} ${flag.findings.version} · a flag is a reason to look: you decide`}
      </p>
    </Dialog>
  );
}

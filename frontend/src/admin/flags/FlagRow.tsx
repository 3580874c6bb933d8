import { memo } from "react";
import type { Flag } from "../../api/types";
import { countLabel, KIND_NAMES } from "./labels";
import { PictureRow } from "./PictureRow";

interface Props {
  flag: Flag;
  isCurrent: boolean;
  onOpen: (flag: Flag) => void;
  onFocus: (id: number) => void;
}

/** One of perhaps thousands of rows: memoized. */
export const FlagRow = memo(function FlagRow({ flag, isCurrent, onOpen, onFocus }: Props) {
  return (
    <PictureRow
      flag={flag}
      at={flag.ts}
      review={flag.review}
      isCurrent={isCurrent}
      onClick={() => onOpen(flag)}
      onFocus={() => onFocus(flag.id)}
    >
      <span>{`${KIND_NAMES[flag.kind]}: ${countLabel(flag)}`}</span>
    </PictureRow>
  );
});

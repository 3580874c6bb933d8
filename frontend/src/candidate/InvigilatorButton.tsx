/** In the header of a candidate's first page: an invigilator may have followed the same link. */
export function InvigilatorButton({ onInvigilate }: { onInvigilate: () => void }) {
  return (
    <button type="button" onClick={onInvigilate}>
      I am the invigilator
    </button>
  );
}

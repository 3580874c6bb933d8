import { Component, type ReactNode } from "react";

interface Props {
  /** Shown in the place of what broke. */
  fallback?: (error: unknown) => ReactNode;
  onError?: (error: unknown) => void;
  children: ReactNode;
}

/** Keeps what breaks inside it from taking the page along. React has this for classes only. */
export class ErrorBoundary extends Component<Props, { broken: { error: unknown } | null }> {
  override state = { broken: null as { error: unknown } | null };

  static getDerivedStateFromError(error: unknown) {
    return { broken: { error } };
  }

  override componentDidCatch(error: unknown) {
    this.props.onError?.(error);
  }

  override render() {
    const { broken } = this.state;
    if (!broken) return this.props.children;
    return this.props.fallback?.(broken.error) ?? null;
  }
}

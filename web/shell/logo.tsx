import './logo.css'

/** A klieg light: lamp, yoke and beam. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path className="logo-beam" d="M14.6 6.6 31 12.2v15.6L10.8 15.8z" />
      <path className="logo-core" d="M13.7 9 31 17v6.2L11.8 13.4z" />
      <path className="logo-yoke" d="M8.3 10.6 5.6 27.4M2.4 28h6.6" />
      <rect
        className="logo-lamp"
        x="1.6"
        y="4.2"
        width="13"
        height="11"
        rx="3.2"
        transform="rotate(24 8 9.7)"
      />
      <circle className="logo-pivot" cx="8" cy="9.8" r="1.9" />
    </svg>
  )
}

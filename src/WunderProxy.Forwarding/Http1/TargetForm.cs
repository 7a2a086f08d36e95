namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// The form of a request target (RFC 9112 section 3.2). The authority form belongs to CONNECT alone and is refused.
/// </summary>
internal enum TargetForm : byte
{
    /// <summary>An absolute path with an optional query.</summary>
    Origin,

    /// <summary>A whole http or https URI, whose authority replaces Host.</summary>
    Absolute,

    /// <summary>The target "*", valid with OPTIONS only.</summary>
    Asterisk,
}

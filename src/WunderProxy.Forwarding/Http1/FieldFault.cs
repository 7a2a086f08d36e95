namespace WunderProxy.Forwarding.Http1;

/// <summary>What is wrong with a field line or a field section, in a request or in a response.</summary>
internal enum FieldFault
{
    /// <summary>The line or section is valid.</summary>
    None,

    /// <summary>A CR is not followed by LF.</summary>
    BareCr,

    /// <summary>An LF does not follow a CR.</summary>
    BareLf,

    /// <summary>The line starts with white space (obsolete line folding).</summary>
    ObsFold,

    /// <summary>White space stands between name and colon.</summary>
    SpaceBeforeColon,

    /// <summary>The name is empty or not a token, or the line has no colon.</summary>
    BadName,

    /// <summary>The value contains a control character.</summary>
    BadValue,

    /// <summary>The section exceeds its limit in bytes.</summary>
    TooLarge,

    /// <summary>The section exceeds its limit in lines.</summary>
    TooMany,
}

namespace WunderProxy.Forwarding.Http1;

/// <summary>What is wrong with a field line or field section, before it is known whose message it is in.</summary>
internal enum FieldFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>CR without LF behind it.</summary>
    BareCr,

    /// <summary>LF without CR before it.</summary>
    BareLf,

    /// <summary>The line starts with white space.</summary>
    ObsFold,

    /// <summary>White space between name and colon.</summary>
    SpaceBeforeColon,

    /// <summary>The name is empty, no token, or has no colon.</summary>
    BadName,

    /// <summary>A control in the value.</summary>
    BadValue,

    /// <summary>The section passes its limit in bytes.</summary>
    TooLarge,

    /// <summary>The section passes its limit in lines.</summary>
    TooMany,
}

namespace WunderProxy.Deployments.Storage;

/// <summary>The form in which a server expects an entity tag in a condition.</summary>
internal enum EntityTagForm
{
    /// <summary>The tag in quotes, as RFC 9110 requires.</summary>
    Quoted,

    /// <summary>The tag without quotes: Ceph RGW 16 compares byte by byte with its own unquoted tag.</summary>
    Bare,

    /// <summary>The tag with the mark of a weak one, for servers that compare with the tag as they sent it.</summary>
    Weak,
}

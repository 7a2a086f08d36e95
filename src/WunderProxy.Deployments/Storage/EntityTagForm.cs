namespace WunderProxy.Deployments.Storage;

/// <summary>How a server wants an entity tag in a condition.</summary>
internal enum EntityTagForm
{
    /// <summary>In quotes, as the RFC has it.</summary>
    Quoted,

    /// <summary>Without quotes: Ceph RGW 16 compares byte by byte with its own, bare one.</summary>
    Bare,

    /// <summary>With the weak mark: servers that compare with what they sent.</summary>
    Weak,
}

namespace WunderProxy.Deployments.Acme.Sharing;

/// <summary>What came of opening a sealed document.</summary>
internal enum SealVerdict
{
    /// <summary>The document was opened.</summary>
    Good,

    /// <summary>The document was sealed with another key.</summary>
    OtherKey,

    /// <summary>The document is not a sealed one, was changed, or belongs under another name.</summary>
    Damaged,
}

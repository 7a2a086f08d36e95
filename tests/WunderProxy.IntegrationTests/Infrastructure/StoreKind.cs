namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>The kind of store on which a test runs.</summary>
internal enum StoreKind
{
    /// <summary>A local folder, <c>file:DIR</c>.</summary>
    Folder,

    /// <summary>A bucket of the real S3 server.</summary>
    S3,

    /// <summary>A bucket of the S3 server that has no conditional writes.</summary>
    Swift,
}

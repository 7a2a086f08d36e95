namespace WunderProxy.IntegrationTests.Faults;

/// <summary>A request to the S3 server as the relay sees it.</summary>
/// <param name="Method">GET, PUT, …</param>
/// <param name="Path">Bucket and key.</param>
internal readonly record struct StoreRequest(string Method, string Path)
{
    /// <summary>Whether it writes this object.</summary>
    public bool Writes(string name) => Method == "PUT" && Path.EndsWith(name, StringComparison.Ordinal);
}

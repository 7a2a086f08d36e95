namespace WunderProxy.IntegrationTests.Faults;

/// <summary>A request to the S3 server as the relay sees it.</summary>
/// <param name="Method">GET, PUT, …</param>
/// <param name="Path">Bucket and key.</param>
/// <param name="Query">What follows the question mark; empty for nothing.</param>
internal readonly record struct StoreRequest(string Method, string Path, string Query)
{
    /// <summary>Whether it lists or reads objects whose path contains a text.</summary>
    public bool Reads(string text) => Method is not ("PUT" or "DELETE")
        && Uri.UnescapeDataString($"{Path}?{Query}").Contains(text, StringComparison.Ordinal);

    /// <summary>Whether it writes this object.</summary>
    public bool Writes(string name) => Method == "PUT" && Path.EndsWith(name, StringComparison.Ordinal);
}

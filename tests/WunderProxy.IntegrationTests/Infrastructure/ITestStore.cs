namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>The place that the product reads and writes, reached past the product.</summary>
internal interface ITestStore : IDisposable
{
    /// <summary>What stands for BUCKET on the command line.</summary>
    string Bucket { get; }

    /// <summary>What the product needs in its environment to get there.</summary>
    IReadOnlyDictionary<string, string> Variables { get; }

    Task PutAsync(string key, byte[] content);

    /// <summary>The content, null when there is none.</summary>
    Task<byte[]?> GetAsync(string key);

    /// <summary>Keys that begin so, in order.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix);
}

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>The store of the program under test, accessed directly.</summary>
internal interface ITestStore : IDisposable
{
    /// <summary>The BUCKET argument for the command line.</summary>
    string Bucket { get; }

    /// <summary>Environment variables that the program under test needs for this store.</summary>
    IReadOnlyDictionary<string, string> Variables { get; }

    Task PutAsync(string key, byte[] content);

    /// <summary>Returns the content of a key, or null if there is none.</summary>
    Task<byte[]?> GetAsync(string key);

    /// <summary>Returns the keys that begin with a text, in order.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix);
}

using System.Collections.ObjectModel;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>A store in a folder, <c>file:DIR</c>.</summary>
internal sealed class FolderStore : ITestStore
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wunderproxy-store-");

    public string Bucket => $"file:{_folder.FullName}";

    public IReadOnlyDictionary<string, string> Variables => ReadOnlyDictionary<string, string>.Empty;

    public async Task PutAsync(string key, byte[] content)
    {
        var file = FileOf(key);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, content);
    }

    public async Task<byte[]?> GetAsync(string key) => File.Exists(FileOf(key)) ? await File.ReadAllBytesAsync(FileOf(key)) : null;

    public Task<IReadOnlyList<string>> ListAsync(string prefix) => Task.FromResult<IReadOnlyList<string>>(
        [.. _folder.EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder.FullName, file.FullName))
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)]);

    public void Dispose() => _folder.Delete(recursive: true);

    private string FileOf(string key) => Path.Combine(_folder.FullName, key);
}

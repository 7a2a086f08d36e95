using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Docker;

/// <summary>The engine's calls about images.</summary>
internal sealed class EngineImages(EngineConnection connection, TimeProvider clock)
{
    private const string LoadedName = "Loaded image: ";
    private const string LoadedId = "Loaded image ID: ";

    /// <summary>Reads an image (<c>GET /images/{name}/json</c>); returns null if it is not on this machine.</summary>
    public async Task<ImageDetails?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.CallAsync(
                HttpMethod.Get,
                $"/images/{DockerEngineClient.Escape(name)}/json",
                null,
                DockerJsonContext.Default.ImageDetails,
                cancellationToken);
        }
        catch (DockerEngineException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Pulls an image (<c>POST /images/create</c>).</summary>
    /// <param name="name">Name of the image.</param>
    /// <param name="login">Registry credentials; null for none.</param>
    /// <param name="stall">Longest time without progress.</param>
    /// <param name="progress">Called at each step of the pull.</param>
    /// <param name="cancellationToken">Cancels the pull.</param>
    /// <exception cref="TimeoutException">The pull made no progress for <paramref name="stall"/>.</exception>
    /// <exception cref="DockerEngineException">
    /// The registry or the engine refuses, before or during the stream.
    /// </exception>
    public async Task PullAsync(
        ImageName name, RegistryLogin? login, TimeSpan stall, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        var path = $"/images/create?fromImage={DockerEngineClient.Escape(name.Repository)}&tag={DockerEngineClient.Escape(name.Tag)}";
        var header = login is null ? null : Encode(login);
        await StreamAsync(path, null, header, stall, progress, _ => { }, cancellationToken);
    }

    /// <summary>Loads an image archive, plain or gzip (<c>POST /images/load</c>).</summary>
    /// <returns>Names and ids of the images in the archive.</returns>
    /// <exception cref="TimeoutException">The load made no progress for <paramref name="stall"/>.</exception>
    /// <exception cref="ArchiveBrokenException">The archive could not be read to its end.</exception>
    public async Task<IReadOnlyList<string>> LoadAsync(
        Stream archive, TimeSpan stall, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        var loaded = new List<string>();
        await using var source = new ArchiveSource(archive);
        using var content = new StreamContent(source);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        try
        {
            await StreamAsync("/images/load?quiet=0", content, null, stall, progress, Note, cancellationToken);
            return loaded;
        }
        catch (HttpRequestException exception) when (EngineConnection.FindBroken(exception) is { } broken)
        {
            throw new ArchiveBrokenException(broken.Message, exception);
        }

        void Note(EngineMessage message)
        {
            // Several images without names arrive as lines of one message.
            foreach (var line in (message.Stream ?? "").Split('\n', StringSplitOptions.TrimEntries))
            {
                if (line.StartsWith(LoadedId, StringComparison.Ordinal))
                {
                    loaded.Add(line[LoadedId.Length..]);
                }
                else if (line.StartsWith(LoadedName, StringComparison.Ordinal))
                {
                    loaded.Add(line[LoadedName.Length..]);
                }
            }
        }
    }

    /// <summary>Gives an image another name (<c>POST /images/{id}/tag</c>).</summary>
    public Task TagAsync(string image, ImageName name, CancellationToken cancellationToken) =>
        connection.CallAsync(
            HttpMethod.Post,
            $"/images/{DockerEngineClient.Escape(image)}/tag?repo={DockerEngineClient.Escape(name.Repository)}&tag={DockerEngineClient.Escape(name.Tag)}",
            null,
            TimeSpan.Zero,
            cancellationToken);

    /// <summary>
    /// Removes a name of an image, and the image with its last name; never by force (<c>DELETE /images/{name}</c>).
    /// </summary>
    /// <exception cref="DockerEngineException">Status 409 if a container uses the image.</exception>
    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        connection.CallAsync(
            HttpMethod.Delete, $"/images/{DockerEngineClient.Escape(name)}", null, TimeSpan.Zero, cancellationToken);

    private async Task StreamAsync(
        string path,
        HttpContent? content,
        string? login,
        TimeSpan stall,
        Action<PullProgress> progress,
        Action<EngineMessage> each,
        CancellationToken cancellationToken)
    {
        using var timer = new CallTimeout(stall, clock, cancellationToken);
        var counter = new PullProgressCounter();
        try
        {
            using var response = await connection.OpenAsync(HttpMethod.Post, path, content, login, timer.Token);
            await foreach (var message in EngineLines.ReadAsync(
                response, DockerJsonContext.Default.EngineMessage, connection, timer.Token))
            {
                timer.Restart(stall);
                if (message.Error is not null)
                {
                    throw new DockerEngineException(HttpStatusCode.OK, message.Error);
                }

                each(message);
                progress(counter.Add(message));
            }
        }
        catch (Exception exception) when (timer.IsExpired && !cancellationToken.IsCancellationRequested
            && exception is OperationCanceledException or EngineUnavailableException)
        {
            throw new TimeoutException($"no progress for {stall.TotalSeconds:0} s", exception);
        }
    }

    private static string Encode(RegistryLogin login) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(login, DockerJsonContext.Default.RegistryLogin))
            .Replace('+', '-')
            .Replace('/', '_');
}

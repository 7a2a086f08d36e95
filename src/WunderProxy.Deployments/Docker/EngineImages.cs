using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
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
            return EngineAnswers.ToImage(await connection.CallAsync(
                (session, token) => session.Client.Images.InspectImageAsync(Segment(name), token),
                TimeSpan.Zero,
                cancellationToken));
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
    public Task PullAsync(
        ImageName name, RegistryLogin? login, TimeSpan stall, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        var parameters = new ImagesCreateParameters { FromImage = name.Repository, Tag = name.Tag };
        var credentials = login is null ? null : new AuthConfig
        {
            Username = login.Username,
            Password = login.Password,
            IdentityToken = login.IdentityToken,
            RegistryToken = login.RegistryToken,
            ServerAddress = login.ServerAddress,
        };
        return StreamAsync(
            (images, steps, token) => images.CreateImageAsync(parameters, credentials, steps, token),
            stall,
            progress,
            _ => { },
            cancellationToken);
    }

    /// <summary>Loads an image archive, plain or gzip (<c>POST /images/load</c>).</summary>
    /// <returns>Names and ids of the images in the archive.</returns>
    /// <exception cref="TimeoutException">The load made no progress for <paramref name="stall"/>.</exception>
    /// <exception cref="ArchiveBrokenException">The archive could not be read to its end.</exception>
    public async Task<IReadOnlyList<string>> LoadAsync(
        Stream archive, TimeSpan stall, Action<PullProgress> progress, CancellationToken cancellationToken)
    {
        var loaded = new List<string>();
        var parameters = new ImageLoadParameters { Quiet = false };
        await using var source = new ArchiveSource(archive);
        try
        {
            await StreamAsync(
                (images, steps, token) => images.LoadImageAsync(parameters, source, steps, token),
                stall,
                progress,
                Note,
                cancellationToken);
            return loaded;
        }
        catch (HttpRequestException exception) when (EngineFaults.FindBroken(exception) is { } broken)
        {
            throw new ArchiveBrokenException(broken.Message, exception);
        }

        void Note(JSONMessage message)
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
    public Task TagAsync(string image, ImageName name, CancellationToken cancellationToken)
    {
        var parameters = new ImageTagParameters { RepositoryName = name.Repository, Tag = name.Tag };
        return connection.CallAsync(
            (session, token) => session.Client.Images.TagImageAsync(Segment(image), parameters, token),
            TimeSpan.Zero,
            cancellationToken);
    }

    /// <summary>
    /// Removes a name of an image, and the image with its last name; never by force (<c>DELETE /images/{name}</c>).
    /// </summary>
    /// <exception cref="DockerEngineException">Status 409 if a container uses the image.</exception>
    public Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var parameters = new ImageDeleteParameters();
        return connection.CallAsync(
            (session, token) => session.Client.Images.DeleteImageAsync(Segment(name), parameters, token),
            TimeSpan.Zero,
            cancellationToken);
    }

    private async Task StreamAsync(
        Func<IImageOperations, IProgress<JSONMessage>, CancellationToken, Task> call,
        TimeSpan stall,
        Action<PullProgress> progress,
        Action<JSONMessage> each,
        CancellationToken cancellationToken)
    {
        using var timer = new CallTimeout(stall, clock, cancellationToken);
        var counter = new PullProgressCounter();
        var steps = new StepProgress<JSONMessage>(Step);
        try
        {
            await connection.CallUnlimitedAsync((session, token) => call(session.Client.Images, steps, token), timer.Token);
        }
        catch (Exception exception) when (timer.IsExpired && !cancellationToken.IsCancellationRequested
            && exception is OperationCanceledException or EngineUnavailableException)
        {
            throw new TimeoutException($"no progress for {stall.TotalSeconds:0} s", exception);
        }

        void Step(JSONMessage message)
        {
            timer.Restart(stall);
            if (message.Error is { } error)
            {
                // Once the stream has begun, the engine reports errors as messages of a 200 answer.
                throw new DockerEngineException(HttpStatusCode.OK, error.Message ?? "the engine names no cause");
            }

            each(message);
            progress(counter.Add(message));
        }
    }

    /// <summary>Returns an image's name or id as a part of a path, which the library takes as it is.</summary>
    private static string Segment(string name) => name.Length > 0
        ? Uri.EscapeDataString(name)
        : throw new DockerEngineException(HttpStatusCode.NotFound, "no image has an empty name");
}

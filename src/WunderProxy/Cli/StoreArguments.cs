using System.CommandLine;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Cli;

/// <summary>The two positional arguments that name where an application's documents lie.</summary>
internal sealed class StoreArguments
{
    private readonly Argument<string> _bucket = new("BUCKET")
    {
        Description = "An S3 bucket, or file:DIR for the same layout in a directory",
    };

    private readonly Argument<string> _prefix = new("PREFIX")
    {
        Description = "The application's prefix in it",
    };

    /// <summary>Gives a command these arguments.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_bucket);
        command.Arguments.Add(_prefix);
    }

    /// <summary>The bucket; a directory in its one spelling, since it names state, locks and labels.</summary>
    public string Bucket(ParseResult parsed) => ObjectStores.Canonical(parsed.GetRequiredValue(_bucket));

    /// <summary>The prefix without slashes around it.</summary>
    public string Prefix(ParseResult parsed) => parsed.GetRequiredValue(_prefix).Trim('/');

    /// <summary>Opens the store; nothing is asked of it yet.</summary>
    /// <exception cref="UsageException">
    /// The bucket can be none: a plain file, a directory without a parent; or the prefix leads out of it.
    /// </exception>
    public IObjectStore Open(ParseResult parsed)
    {
        if (!ObjectStores.CanHold(Bucket(parsed), Prefix(parsed)))
        {
            throw new UsageException($"'{Prefix(parsed)}' cannot be a prefix in {Bucket(parsed)}: empty parts, '.' and '..' are none");
        }

        try
        {
            return ObjectStores.Open(Bucket(parsed), TimeProvider.System);
        }
        catch (ObjectStoreException exception)
        {
            throw new UsageException(exception.Message, exception);
        }
    }
}

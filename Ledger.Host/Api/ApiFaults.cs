using Ledger.Host.Composition;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Api;

/// <summary>Turns everything that can be thrown while a request is handled into a problem: the only place of the API that does.</summary>
internal sealed class ApiFaults(RequestDelegate next, LedgerHealth health, ILogger<ApiFaults> logger)
{
    private static readonly TimeSpan LookForPartsAgain = TimeSpan.FromSeconds(5);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (ConnectionResetException)
        {
            // The same, told by the transport.
        }
        catch (Exception fault)
        {
            if (fault is LogFaultException log) health.Fail(log);
            ApiProblem problem = Of(fault);

            // Who is told to come back has met no fault.
            if (problem.Status >= StatusCodes.Status500InternalServerError && problem.RetryAfter is null) logger.LogError(fault, "{Method} {Path} failed: {Code}", context.Request.Method, context.Request.Path, problem.Code);
            if (context.Response.HasStarted)
            {
                context.Abort(); // half an answer must not look like a whole one
                return;
            }

            context.Response.Clear();
            await problem.ExecuteAsync(context);
        }
    }

    private static ApiProblem Of(Exception fault) => fault switch
    {
        ApiProblemException e => e.Problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problems.BodyTooLarge(ApiLimits.BodyBytesMax),
        BadHttpRequestException e => new ApiProblem(e.StatusCode, "request-malformed", e.Message),
        DrawSeedMissingException e => Problems.Refused(DrawSeedMissingException.Code, e.Message[(DrawSeedMissingException.Code.Length + 2)..]),
        WindowWaitsForClusterException e => new ApiProblem(
            StatusCodes.Status503ServiceUnavailable, WindowWaitsForClusterException.Code, e.Message[(WindowWaitsForClusterException.Code.Length + 2)..], LookForPartsAgain),
        LogFaultException e => new ApiProblem(StatusCodes.Status503ServiceUnavailable, e.Code, "the ledger's log cannot go on and takes nothing more; its operator has been told"),
        _ => new ApiProblem(StatusCodes.Status500InternalServerError, "internal-error", "a defect of the ledger; its log has the details"),
    };
}
